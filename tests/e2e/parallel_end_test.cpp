#include "catch.hpp"

#include "json_schema.hpp"
#include "parallel_lab.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// The second measured run continues until it is ended; all others are short.
void let_second_hang(ParallelLab& lab) {
    lab.training = {{"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"print": "on\n"}, {"hang": true}],
                                             [{"print": "accuracy: 1\n"}]])")}};
    lab.background = {
        {"steps", Json::parse(R"([{"spawn": 300, "setsid": true}, {"print": "loading\n"}, {"hang": true}])")}};
}

} // namespace

TEST_CASE("a killed program leaves no background", "[parallel_end]") {
    ParallelLab lab;
    let_second_hang(lab);
    const bool is_reused = GENERATE(false, true);
    const bool is_the_worker = GENERATE(false, true);
    lab.background["ignore"] = {"INT", "TERM", "HUP"};
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(3, is_reused)})));
    REQUIRE(lab.foreground_runs(2));
    REQUIRE(processes_of(lab.load_folder()).size() == 2);
    if (is_the_worker) {
        for (const pid_t child : children_of(tool.pid()))
            ::kill(child, SIGKILL);
    } else {
        tool.send(SIGKILL);
    }
    tool.wait();
    CHECK(eventually([&] { return processes_of(lab.root()).empty(); }, 5));
    CHECK(lab.record(0)["status"] == "ok");
}

TEST_CASE("an interrupt ends the background with the measured training", "[parallel_end]") {
    ParallelLab lab;
    let_second_hang(lab);
    const bool is_reused = GENERATE(false, true);
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(3, is_reused)})));
    REQUIRE(lab.foreground_runs(2));
    tool.send(SIGINT);
    const auto result = tool.wait();
    CHECK(result.exit_code == 128 + SIGINT);
    Json record = lab.record(1);
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "interrupted");
    CHECK(record["background"]["alive_percent"] == 100);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("resume continues parallel runs and keeps the earlier logs", "[parallel_end]") {
    ParallelLab lab;
    let_second_hang(lab);
    const bool is_reused = GENERATE(false, true);
    const int signal = GENERATE(SIGTERM, SIGKILL);
    const auto arguments = lab.session_of({lab.beside(3, is_reused)});
    auto planned = arguments;
    planned.insert(planned.end(), {"--dry-run", "--json"});
    Json plan = Json::parse(lab.run(planned).out)["experiments"];
    {
        RunningProcess tool(lab.tool(arguments));
        REQUIRE(lab.foreground_runs(2));
        tool.send(signal);
        tool.wait();
        REQUIRE(eventually([&] { return processes_of(lab.root()).empty(); }, 10));
    }
    const auto result = lab.run({"resume", lab.session().string()});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        Json record = lab.record(i);
        CHECK(record_problems(record) == "");
        CHECK(record["status"] == "ok");
        CHECK(record["command"] == plan[i]["command"]);
        CHECK(record["background"]["alive_percent"] == 100);
        for (const auto& log : record["background"]["logs"])
            CHECK(read_text(lab.session() / log.get<std::string>()) == "loading\n");
    }
    CHECK(lab.record(1)["attempts"].size() == 2);
    const auto starts = lab.background_starts();
    CHECK(starts.size() == (is_reused ? 2 : 4));
    for (const auto& start : starts)
        CHECK(start["argv"] == plan[0]["background"]["command"]);
    // A background that was not of the part before the interruption has a log of its own.
    CHECK(
        lab.record(1)["background"]["logs"] ==
        Json::array({is_reused ? "background_logs/run_002.log"
                               : lab.record(1)["experiment_id"].get<std::string>() + "/background_logs/run_001.log"}));
    CHECK(processes_of(lab.root()).empty());
}

} // namespace mutation::e2e
