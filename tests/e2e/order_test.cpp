#include "catch.hpp"

#include "json_schema.hpp"
#include "parallel_lab.hpp"

#include <algorithm>
#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

Json mutating(const std::string& model, int runs) {
    return {{"mode", "mutation"},
            {"repo", "toy"},
            {"model", model},
            {"mutate", {"learning_rate"}},
            {"runs_per_config", runs}};
}

} // namespace

TEST_CASE("a dry run prints what runs, with replicates, controls and backgrounds", "[order]") {
    ParallelLab lab;
    lab.startup_wait_seconds = 0.1;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    const bool is_reused = GENERATE(false, true);
    const auto arguments = lab.session_of({mutating("big", 2), lab.beside(2, is_reused)},
                                          {{"order", "random"}, {"replicates", 2}, {"control_every", 4}});
    const Json plan = lab.dry_run(arguments);
    REQUIRE(plan.size() == 11);
    const auto result = lab.run(arguments);
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    const auto starts = lab.foreground_starts();
    REQUIRE(starts.size() == plan.size());
    for (std::size_t i = 0; i < plan.size(); ++i) {
        Json record = read_json(lab.session() / plan[i]["experiment_id"].get<std::string>() / "experiment.json");
        CHECK(record_problems(record) == "");
        CHECK(starts[i]["argv"] == plan[i]["command"]);
        for (const char* key : {"command", "hyperparameters", "mutated", "mode", "replicate", "is_control"}) {
            INFO(key);
            CHECK(record[key] == plan[i][key]);
        }
        CHECK(record["background"].is_null() == plan[i]["background"].is_null());
    }
    const auto with_background = std::find_if(
        plan.begin(), plan.end(), [](const Json& experiment) { return !experiment["background"].is_null(); });
    REQUIRE(with_background != plan.end());
    REQUIRE_FALSE(lab.background_starts().empty());
    for (const auto& start : lab.background_starts())
        CHECK(start["argv"] == (*with_background)["background"]["command"]);
    for (const std::size_t control : {0, 5, 10})
        CHECK(plan[control]["is_control"] == true);
}

TEST_CASE("drifting control runs are reported at once, at the end and in session.json", "[order]") {
    ParallelLab lab;
    // The second control run, which is the third training, takes five times as long.
    lab.training = {{"runs", Json::parse(R"([[{"sleep": 0.4}, {"print": "accuracy: 1\n"}],
                                             [{"print": "accuracy: 1\n"}],
                                             [{"sleep": 2}, {"print": "accuracy: 1\n"}],
                                             [{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}],
                                             [{"sleep": 2}, {"print": "accuracy: 1\n"}]])")}};
    RunningProcess tool(lab.tool(lab.session_of({mutating("tiny", 2)}, {{"control_every", 1}})));
    REQUIRE(lab.foreground_runs(4));
    CHECK_THAT(tool.errors_so_far(), Contains("control runs differ by") && Contains("drifts"));
    CHECK(read_json(lab.session() / "session.json")["controls"]["is_within_tolerance"] == false);
    write_text(lab.root() / "go", "");
    const auto result = tool.wait();
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("control runs: 3 differ by") && Contains("the machine drifted"));
    Json controls = read_json(lab.session() / "session.json")["controls"];
    CHECK(controls["joules"].size() == 3);
    CHECK(controls["tolerance_percent"] == 2);
    CHECK(controls["spread_percent"].get<double>() > 50);
}

TEST_CASE("control runs within tolerance are reported, also across a resume", "[order]") {
    ParallelLab lab;
    lab.training = {{"runs", Json::parse(R"([[{"sleep": 0.5}, {"print": "accuracy: 1\n"}],
                                             [{"print": "on\n"}, {"hang": true}],
                                             [{"sleep": 0.5}, {"print": "accuracy: 1\n"}]])")}};
    {
        RunningProcess tool(
            lab.tool(lab.session_of({mutating("tiny", 1)}, {{"control_every", 1}, {"control_tolerance_percent", 60}})));
        REQUIRE(lab.foreground_runs(2));
        tool.send(SIGTERM);
        tool.wait();
    }
    const auto result = lab.run({"resume", lab.session().string()});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("control runs: 2 differ by") && Contains("tolerance 60.0 %"));
    CHECK(result.out.find("drifted") == std::string::npos);
    CHECK(read_json(lab.session() / "session.json")["controls"]["is_within_tolerance"] == true);
}

} // namespace mutation::e2e
