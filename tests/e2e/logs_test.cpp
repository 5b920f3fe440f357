#include "catch.hpp"

#include "json_schema.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

const std::string kLog = "\"$MUTATION_EXPERIMENT_DIR/training.log\"";

/// What a training may do to its log; each leaves something else, or nothing, in its place.
const std::vector<std::pair<std::string, std::string>> kDeeds{
    {"removed", "rm " + kLog},
    {"renamed", "mv " + kLog + " " + kLog + ".old"},
    {"a new file", "echo 'accuracy: 0.1' > " + kLog + ".new && mv " + kLog + ".new " + kLog},
    {"a folder", "rm " + kLog + " && mkdir -p " + kLog + "/deep"},
    {"a link", "ln -sf /etc/passwd " + kLog},
    {"a link to nowhere", "ln -sf /no/such/file " + kLog},
    {"a device", "ln -sf /dev/zero " + kLog},
    {"a pipe", "rm " + kLog + " && mkfifo " + kLog},
    {"a huge file", "rm " + kLog + " && truncate -s 10G " + kLog},
};

Json steps_around(const std::string& deed, const Json& last) {
    Json steps = Json::parse(R"([{"print": "on\n"}])");
    steps.push_back({{"shell", deed}});
    steps.push_back(last);
    return steps;
}

} // namespace

TEST_CASE("whatever a training does to its log, what it printed is read and recorded", "[logs]") {
    Lab lab;
    lab.training["runs"] = Json::array();
    for (const auto& deed : kDeeds)
        lab.training["runs"].push_back(steps_around(deed.second, {{"print", "accuracy: 0.75\n"}}));
    const RunResult result = lab.run(lab.toy_run(static_cast<int>(kDeeds.size())));
    INFO(result.all());
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("its log was re"));
    REQUIRE(lab.experiments().size() == kDeeds.size());
    for (std::size_t i = 0; i < kDeeds.size(); ++i) {
        INFO(kDeeds[i].first);
        Json record = lab.record(i);
        CHECK(record_problems(record) == "");
        CHECK(record["performance_metrics"]["accuracy"] == 0.75);
        CHECK_THAT(record["attempts"][0]["remarks"].dump(), Contains("its log was re"));
        CHECK(read_text(lab.experiments().at(i) / "training.log") == "on\naccuracy: 0.75\n");
    }
}

TEST_CASE("a training that failed after replacing its log is judged by its output and retried", "[logs]") {
    Lab lab;
    lab.training["runs"] = Json::array();
    for (const auto& deed : kDeeds) {
        lab.training["runs"].push_back(steps_around(deed.second, {{"exit", 4}}));
        lab.training["runs"].push_back(Json::parse(R"([{"print": "accuracy: 0.5\n"}])"));
    }
    const RunResult result = lab.run(lab.toy_run(static_cast<int>(kDeeds.size())));
    INFO(result.all());
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == kDeeds.size());
    for (std::size_t i = 0; i < kDeeds.size(); ++i) {
        INFO(kDeeds[i].first);
        Json record = lab.record(i);
        CHECK(record_problems(record) == "");
        REQUIRE(record["attempts"].size() == 2);
        CHECK_THAT(record["attempts"][0]["error_message"].get<std::string>(),
                   Contains("the log ends with: on; its log was re"));
        CHECK(read_text(lab.experiments().at(i) / "attempt_1/training.log") == "on\n");
    }
}

TEST_CASE("a removed log that still grows is not stalled, a replaced one is", "[logs]") {
    Lab lab;
    lab.repositories["toy"]["stall_seconds"] = 3;
    const Json speaks{{"tick", "."}, {"every", 0.5}, {"times", 10}};
    Json second = steps_around("rm " + kLog + " && echo accuracy: 0.1 > " + kLog, {{"hang", true}});
    Json first = steps_around("rm " + kLog, speaks);
    first.push_back({{"print", "\naccuracy: 0.75\n"}});
    lab.training = {{"runs", {first, second}}};
    const RunResult result = lab.run(lab.toy_run(2, {"-mr", "0"}));
    INFO(result.all());
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(lab.record(1)["status"] == "stalled");
    CHECK_FALSE(lab.record(1)["performance_metrics"].contains("accuracy"));
}

TEST_CASE("signals and the status block work if the log became a pipe", "[logs]") {
    Lab lab;
    lab.on_terminal = true;
    lab.training = {{"steps", steps_around("rm " + kLog + " && mkfifo " + kLog, {{"sleep", 2.5}})}}; // redraws pass
    lab.training["steps"].push_back({{"touch", "up"}});
    lab.training["steps"].push_back({{"hang", true}});
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "work/toy/up"); }, 30));
    tool.send(SIGINT);
    const RunResult result = tool.wait();
    INFO(result.all());
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK(lab.record()["status"] == "interrupted");
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a log with a hole of 10 GiB is read quickly, before and after the hole", "[logs]") {
    Lab lab;
    lab.training = {{"steps", steps_around("truncate -s 10G " + kLog, {{"print", "accuracy: 0.75\n"}})}};
    lab.training["steps"][0] = {{"print", "loss: 0.25\n"}};
    const RunResult result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record["performance_metrics"]["accuracy"] == 0.75);
    CHECK(record["performance_metrics"]["loss"] == 0.25);
}

} // namespace mutation::e2e
