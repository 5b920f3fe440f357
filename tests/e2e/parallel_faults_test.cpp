#include "catch.hpp"

#include "json_schema.hpp"
#include "parallel_lab.hpp"

#include <sys/stat.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// A measured training that never ends, after one that succeeds.
void train_for_ever_then_shortly(Lab& lab) {
    lab.training = {{"runs", Json::parse(R"([[{"print": "on\n"}, {"hang": true}], [{"print": "accuracy: 1\n"}]])")}};
}

Json check_first_failed(const Lab& lab, const RunResult& result) {
    INFO(result.all());
    CHECK(result.exit_code == 1);
    REQUIRE(lab.experiments().size() == 2);
    Json record = lab.record(0);
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "failed");
    CHECK(record["training_success"] == false);
    CHECK_THAT(record["error_message"].get<std::string>(), Contains("background training"));
    CHECK(record["retries"] == 0);
    CHECK(lab.record(1)["status"] == "ok");
    CHECK(processes_of(lab.root()).empty());
    return record;
}

} // namespace

TEST_CASE("a background that crashes repeatedly fails its experiment, and the session continues", "[parallel_faults]") {
    ParallelLab lab;
    train_for_ever_then_shortly(lab);
    lab.startup_wait_seconds = 0;
    const bool is_reused = GENERATE(false, true);
    lab.background = {{"steps", Json::parse(R"([{"sleep": 0.3}, {"print": "out of memory\n"}, {"exit": 3}])")}};
    const auto result = lab.run(lab.session_of({lab.beside(1, is_reused), ParallelLab::alone()}));
    Json record = check_first_failed(lab, result);
    CHECK_THAT(record["error_message"].get<std::string>(), Contains("3 times in a row") && Contains("exit status 3"));
    CHECK(record["background"]["failures"] == 3);
    CHECK(record["background"]["starts"] == 3);
    CHECK(lab.background_starts().size() == 3);
    CHECK(lab.foreground_starts().size() == 2);
}

TEST_CASE("a background that crashes once is started again and counted", "[parallel_faults]") {
    ParallelLab lab;
    lab.train_for(1.5);
    lab.background = {{"runs", Json::parse(R"([[{"sleep": 0.5}, {"signal": 11}], [{"hang": true}]])")}};
    CHECK(lab.run(lab.session_of({lab.beside(1, false)})).exit_code == 0);
    Json record = lab.record();
    CHECK(record["status"] == "ok");
    CHECK(record["background"]["starts"] == 2);
    CHECK(record["background"]["failures"] == 1);
    CHECK(record["background"]["restart_gaps_seconds"].size() == 1);
}

TEST_CASE("a background that cannot be started fails its experiment before anything is measured", "[parallel_faults]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    const auto arguments = lab.session_of({lab.beside(1, false), ParallelLab::alone()});
    const auto invocation = lab.tool(arguments);
    fs::remove(lab.load_folder() / "train.sh");
    // A damaged program; a damaged script would be found before the session.
    write_text(lab.load_folder() / "train.sh", std::string("\x7F"
                                                           "ELF\0\0\0\0",
                                                           8));
    ::chmod((lab.load_folder() / "train.sh").c_str(), 0755);
    Json record = check_first_failed(lab, run_process(invocation));
    CHECK_THAT(record["error_message"].get<std::string>(), Contains("cannot be started"));
    CHECK(record["duration_seconds"].is_null());
    CHECK(lab.foreground_starts().size() == 1);
}

TEST_CASE("a hanging background ends with its run", "[parallel_faults]") {
    ParallelLab lab;
    lab.train_for(0.5);
    lab.background = {{"steps", Json::parse(R"([{"hang": true}])")}};
    CHECK(lab.run(lab.session_of({lab.beside(2, false)})).exit_code == 0);
    CHECK(lab.record(1)["status"] == "ok");
    CHECK(lab.record(1)["background"]["failures"] == 0);
    CHECK(lab.background_starts().size() == 2);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a stalled background is stopped, counted as failed and started again", "[parallel_faults]") {
    ParallelLab lab;
    lab.repositories["load"]["stall_seconds"] = 1;
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    lab.background = {{"runs", Json::parse(R"([[{"print": "on\n"}, {"hang": true}],
                                               [{"tick": ".", "every": 0.1, "times": 10000}]])")}};
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(1, false)})));
    CHECK(eventually([&] { return lab.background_starts().size() == 2; }, 20));
    write_text(lab.root() / "go", "");
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.record()["background"]["starts"] == 2);
    CHECK(lab.record()["background"]["failures"] == 1);
}

TEST_CASE("processes that a background started end together with it", "[parallel_faults]") {
    ParallelLab lab;
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    // The first life leaves one behind when it ends, the second is ended with one.
    lab.background = {{"runs", Json::parse(R"([[{"spawn": 300, "setsid": true}, {"print": "loading\n"}, {"sleep": 0.3}],
                                               [{"spawn": 300, "setsid": true}, {"print": "loading\n"}, {"hang": true}]])")}};
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(1, false), ParallelLab::alone()})));
    CHECK(eventually([&] { return lab.background_starts().size() == 2; }, 20));
    CHECK(eventually([&] { return processes_of(lab.load_folder()).size() == 2; }, 20));
    write_text(lab.root() / "go", "");
    REQUIRE(eventually([&] { return lab.journal("training", "end").size() == 1; }, 20));
    fs::remove(lab.root() / "go");
    REQUIRE(lab.foreground_runs(2));
    CHECK(processes_of(lab.load_folder()).empty());
    write_text(lab.root() / "go", "");
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a background that ignores INT and TERM is killed before the next run", "[parallel_faults]") {
    ParallelLab lab;
    lab.training = {{"runs", Json::parse(R"([[{"sleep": 0.3}, {"print": "accuracy: 1\n"}],
                                             [{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}]])")}};
    lab.background["ignore"] = {"INT", "TERM", "HUP"};
    const bool is_reused = GENERATE(false, true);
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(1, is_reused), ParallelLab::alone()})));
    REQUIRE(lab.foreground_runs(2));
    CHECK(processes_of(lab.load_folder()).empty());
    write_text(lab.root() / "go", "");
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(lab.record(0)["background"]["failures"] == 0);
}

TEST_CASE("a background that ends at once leaves the run's figures poor", "[parallel_faults]") {
    ParallelLab lab;
    lab.train_for(1);
    lab.background = {{"steps", Json::array()}};
    CHECK(lab.run(lab.session_of({lab.beside(1, false)})).exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "ok");
    CHECK(record["background"]["starts"].get<int>() >= 2);
    CHECK(record["background"]["failures"] == 0);
    CHECK(record["background"]["alive_percent"].get<double>() < 95);
    CHECK(record["energy_quality"]["gpu"]["verdict"] == "poor");
    CHECK(processes_of(lab.root()).empty());
}

} // namespace mutation::e2e
