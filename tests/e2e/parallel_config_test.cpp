#include "catch.hpp"

#include "parallel_lab.hpp"

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// The plan of a config given as text, which may contain what a JSON writer would not write.
Json plan_of(ParallelLab& lab, const std::string& text) {
    static_cast<void>(lab.session_of({}));
    write_text(lab.root() / "old.json", text);
    const auto result = lab.run({"-ec", "old.json", "--dry-run", "--json", "-s", "3"});
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    return Json::parse(result.out)["experiments"];
}

} // namespace

TEST_CASE("a parallel config of v3.0 with placeholders, descriptions and notes loads unchanged", "[parallel_config]") {
    ParallelLab lab;
    const Json plan = plan_of(lab, R"({
        "experiment_name": "old", "description": "one beside another", "mode": "parallel", "governor": "performance",
        "runs_per_config": 2, "max_retries": 2,
        "experiments": [{
            "repo": "placeholder", "model": "placeholder", "mode": "parallel", "description": "words",
            "foreground": {"repo": "toy", "model": "tiny", "mode": "mutation", "mutate": ["learning_rate"],
                           "description": "measured"},
            "background": {"repo": "load", "model": "big", "hyperparameters": {"epochs": 1, "learning_rate": 0.001},
                           "description": "goes round"}}],
        "notes": ["1. placeholders", "2. notes"]})");
    REQUIRE(plan.size() == 2);
    for (const auto& experiment : plan) {
        CHECK(experiment["mode"] == "parallel");
        CHECK(experiment["repository"] == "toy");
        CHECK(experiment["mutated"] == Json({"learning_rate"}));
        CHECK(experiment["background"]["model"] == "big");
        CHECK(experiment["background"]["hyperparameters"]["epochs"] == 1);
        CHECK(experiment["background"]["hyperparameters"]["dropout"] == 0.1);
        CHECK(experiment["background"]["reuse"] == false);
    }
    CHECK(plan[0]["command"] != plan[1]["command"]);
}

TEST_CASE("a parallel config of v3.0 without repo and model of its own loads, a default foreground too",
          "[parallel_config]") {
    ParallelLab lab;
    const Json plan = plan_of(lab, R"({
        "experiment_name": "old", "mode": "parallel", "runs_per_config": 1, "max_retries": 1, "governor": "performance",
        "experiments": [
            {"mode": "parallel", "note": "group 1",
             "foreground": {"repo": "toy", "model": "tiny", "mode": "default",
                            "hyperparameters": {"epochs": 1, "learning_rate": 0.01, "seed": 1334}},
             "background": {"repo": "load", "model": "tiny", "hyperparameters": {"epochs": 1, "seed": 1334}}},
            {"foreground": {"repo": "toy", "model": "big", "mode": "default"},
             "background": {"repo": "load", "model": "tiny", "mode": "default", "hyperparameters": {}}}]})");
    REQUIRE(plan.size() == 2);
    CHECK(plan[0]["mutated"] == Json::array());
    CHECK(plan[0]["hyperparameters"]["seed"] == 1334);
    CHECK(plan[0]["background"]["hyperparameters"]["seed"] == 1334);
    CHECK(plan[1]["experiment_id"] == "toy_big_002_parallel");
}

TEST_CASE("a config of v3.0 whose counts stand in the entries and whose comments come twice plans every run",
          "[parallel_config]") {
    ParallelLab lab;
    const Json plan = plan_of(lab, R"({
        "experiment_name": "stage", "mode": "mutation", "runs_per_config": 1, "max_retries": 2,
        "experiments": [
            {"comment": "=== 1. ===", "repo": "toy", "model": "tiny", "mode": "parallel", "runs_per_config": 5,
             "foreground": {"repo": "toy", "model": "tiny", "mode": "mutation", "mutate": ["epochs"]},
             "background": {"repo": "load", "model": "tiny", "hyperparameters": {}}, "comment": "again"},
            {"comment": "=== 2. ==="},
            {"repo": "toy", "model": "tiny", "mode": "parallel",
             "foreground": {"repo": "toy", "model": "tiny", "mode": "mutation", "mutate": ["seed"], "runs_per_config": 3},
             "background": {"repo": "load", "model": "tiny", "hyperparameters": {}}},
            {"repo": "toy", "model": "tiny", "mutate": ["dropout"], "runs_per_config": 2}]})");
    REQUIRE(plan.size() == 10);
    CHECK(plan[4]["mutated"] == Json({"epochs"}));
    CHECK(plan[5]["mutated"] == Json({"seed"}));
    CHECK(plan[8]["background"].is_null());
}

TEST_CASE("errors that v3.0 skipped during the session are reported before anything runs", "[parallel_config]") {
    ParallelLab lab;
    static_cast<void>(lab.session_of({}));
    write_text(lab.root() / "old.json", R"({"mode": "parallel", "experiments": [
        {"foreground": {"repo": "toy", "model": "tiny", "mutate": ["epoch"]}, "background": {"repo": "lod", "model": "tiny"}}]})");
    const auto result = lab.run({"-ec", "old.json"});
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("$.experiments[0].foreground.mutate[0]") && Contains("\"epochs\"") &&
                               Contains("$.experiments[0].background.repo") && Contains("\"load\""));
    CHECK(lab.foreground_starts().empty());
    CHECK(lab.background_starts().empty());
}

} // namespace mutation::e2e
