#include "catch.hpp"

#include "lab.hpp"

#include <signal.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

void fail_second_run(Lab& lab) {
    lab.training = {{"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"print": "no luck\n"}, {"exit": 4}],
                                             [{"print": "accuracy: 1\n"}]])")}};
}

RunResult go_on(Lab& lab, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"resume", lab.session().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return lab.run(arguments);
}

std::size_t training_starts(const Lab& lab) {
    return lab.journal("training", "start").size();
}

} // namespace

TEST_CASE("the proposed commands work when pasted", "[resume]") {
    Lab lab;
    fail_second_run(lab);
    std::vector<std::string> arguments = lab.toy_run(3, {"-mr", "0"});
    arguments.insert(arguments.end(), {"--results-dir", "it's a disk/results"});
    const RunResult first = lab.run(arguments);
    REQUIRE(first.exit_code == 1);
    const std::string words = "to run what failed again: ";
    const std::size_t at = first.err.find(words);
    REQUIRE(at != std::string::npos);
    const std::string command = first.err.substr(at + words.size(), first.err.find('\n', at) - at - words.size());
    INFO(command);
    Invocation shell = lab.tool({});
    shell.argv = {"/bin/sh", "-c", command};
    const RunResult pasted = run_process(shell);
    INFO(pasted.all());
    CHECK(pasted.exit_code == 0);
    CHECK(training_starts(lab) == 4);
    // In the plan's order, whatever ran last; no command is proposed.
    CHECK(pasted.out.find("toy_tiny_002") < pasted.out.find("toy_tiny_003"));
    CHECK_THAT(pasted.out, Contains("\n3 of 3 succeeded\n"));
    CHECK_THAT(pasted.err, !Contains("--retry-failed"));
}

TEST_CASE("proposed commands have the called name, and sudo if it was used", "[resume]") {
    Lab lab;
    fail_second_run(lab);
    fs::create_symlink(MUTATION_BINARY, lab.root() / "my tool");
    Invocation invocation = lab.tool(lab.toy_run(2, {"-mr", "0"}));
    invocation.argv.front() = (lab.root() / "my tool").string();
    std::string expected = "'" + invocation.argv.front() + "' resume ";
    SECTION("as ourselves") {
        expected = ": " + expected;
    }
    SECTION("by sudo") {
        if (::geteuid() != 0) {
            return;
        }
        invocation.environment["SUDO_UID"] = "0";
        invocation.environment["SUDO_GID"] = "0";
        expected = ": sudo " + expected;
    }
    const RunResult result = run_process(invocation);
    INFO(result.all());
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains(expected));
    CHECK_THAT(read_json(lab.session() / "session.json")["command_line"].get<std::string>(), Contains("my tool"));
}

TEST_CASE("counts after an interruption are consistent with the plan", "[resume]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"print": "on\n"}, {"hang": true}],
                                             [{"print": "on\n"}, {"hang": true}], [{"print": "accuracy: 1\n"}]])")}};
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(eventually([&] { return training_starts(lab) == 2; }, 60));
    tool.send(SIGTERM);
    const RunResult first = tool.wait();
    const std::string counts = "1 of 3 succeeded, 1 interrupted, 1 not run";
    CHECK_THAT(first.err, Contains("interrupted: " + counts + "; to continue: "));
    CHECK_THAT(first.out, Contains("\n" + counts + "\n"));
    RunningProcess again(lab.tool({"resume", lab.session().string()}));
    REQUIRE(eventually([&] { return training_starts(lab) == 3; }, 60));
    again.send(SIGTERM);
    CHECK_THAT(again.wait().out, Contains("\n" + counts + "\n"));
    const RunResult last = go_on(lab);
    CHECK_THAT(last.err, Contains("2 of 3 experiments to run"));
    CHECK_THAT(last.out, Contains("\n3 of 3 succeeded\n"));
    Json record = lab.record(1);
    CHECK(record["attempts"].size() == 3);
    CHECK(record["retries"] == 0); // two interruptions
}

TEST_CASE("resume accepts a record with an attempt without a duration", "[resume]") {
    Lab lab;
    fail_second_run(lab);
    REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
    const fs::path file = lab.session() / "toy_tiny_002/experiment.json";
    Json record = read_json(file);
    record["attempts"][0].erase("duration_seconds");
    write_text(file, record.dump(1));
    const RunResult result = go_on(lab, {"--retry-failed"});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.record(1)["status"] == "ok");
}

TEST_CASE("a field that is missing in a session is no defect of the program", "[resume]") {
    Lab lab;
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    const fs::path file = lab.session() / "session.json";
    const Json whole = read_json(file);
    for (const char* parent : {"", "/plan", "/plan/settings", "/plan/shared/0"}) {
        const Json::json_pointer place(parent);
        for (const auto& [key, value] : whole.at(place).items()) {
            Json damaged = whole;
            damaged[place].erase(key);
            write_text(file, damaged.dump(1));
            const RunResult result = lab.run({"resume", lab.session().string()});
            INFO(parent << "/" << key << ": " << result.all());
            CHECK(result.exit_code <= 3);
            CHECK(result.exit_code >= 0);
        }
    }
    CHECK(training_starts(lab) == 1);
}

TEST_CASE("summarize refuses a running session, and names a session if given their folder", "[resume]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "on\n"}, {"wait_for": "../../go"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return training_starts(lab) == 1; }, 60));
    const RunResult during = lab.run({"summarize", lab.session().string()});
    CHECK(during.exit_code == 3);
    CHECK_THAT(during.err, Contains("another process"));
    write_text(lab.root() / "go", "");
    CHECK(tool.wait().exit_code == 0);
    for (const char* verb : {"summarize", "resume"}) {
        const RunResult above = lab.run({verb, lab.results().string()});
        INFO(above.all());
        CHECK(above.exit_code == 2);
        CHECK_THAT(above.err, Contains("contains sessions") && Contains(lab.session().string()));
    }
    CHECK_FALSE(fs::exists(lab.results() / "summary.csv"));
}

} // namespace mutation::e2e
