#include "catch.hpp"

#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/registry_loader.hpp"
#include "mutation/core/error.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/plan/plan_json.hpp"

#include <algorithm>
#include <set>

using namespace mutation;

namespace {

const config::Registry& registry() {
    static const config::LoadedRegistry loaded = config::parse_registry(
        R"json({"models": {
             "toy": {"path": "toy", "train_script": "t.sh", "models": ["a", "b"], "model_flag": "-n",
               "supported_hyperparams": {
                 "epochs": {"flag": "-e", "type": "int", "default": 3, "range": [1, 100], "distribution": "uniform"},
                 "lr": {"flag": "--lr", "type": "float", "default": 0.1, "range": [0.001, 1], "distribution": "log_uniform"},
                 "seed": {"flag": "--seed", "type": "int", "default": null, "range": [0, 9], "distribution": "uniform"}},
               "performance_metrics": {"log_patterns": {"acc": "acc=([0-9.]+)"}}}}})json",
        "registry.json", "/");
    return loaded.registry;
}

plan::Plan plan_of(const std::string& experiments, const std::string& head = "", const plan::Overrides& overrides = {},
                   const std::vector<plan::HistoricalRun>& history = {}) {
    const auto loaded = config::parse_experiment_config("{" + head + "\"experiments\": [" + experiments + "]}",
                                                        "c.json", registry(), "/");
    for (const config::Problem& problem : loaded.problems.errors) {
        UNSCOPED_INFO(config::format_problem(problem));
    }
    REQUIRE(loaded.problems.ok());
    return plan::make_plan(loaded.config, registry(), overrides, 1, history);
}

std::vector<std::string> ids(const plan::Plan& plan) {
    std::vector<std::string> list;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        list.push_back(experiment.id);
    }
    return list;
}

std::string models(const plan::Plan& plan) {
    std::string text;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        text += experiment.is_control ? "c" : experiment.training.model;
    }
    return text;
}

constexpr const char* kThreeOfA = R"({"repo": "toy", "model": "a", "mutate": ["lr"], "runs_per_config": 3})";
constexpr const char* kThreeOfB = R"({"repo": "toy", "model": "b", "mutate": ["lr"], "runs_per_config": 3})";
const std::string kBoth = std::string(kThreeOfA) + "," + kThreeOfB;

} // namespace

TEST_CASE("every experiment holds all values, and which of them were drawn") {
    const plan::Plan plan =
        plan_of(R"({"repo": "toy", "model": "a", "mutate": ["lr"], "hyperparameters": {"epochs": 9}})");
    REQUIRE(plan.experiments.size() == 1);
    const auto& values = plan.experiments[0].training.hyperparameters;
    REQUIRE(values.size() == 3);
    CHECK(values[0] == Assignment{"epochs", Value(std::int64_t{9}), false});
    CHECK(values[1].is_mutated);
    CHECK(values[2] == Assignment{"seed", std::nullopt, false});
    CHECK(plan.experiments[0].id == "toy_a_001");
}

TEST_CASE("runs follow each other as the order says") {
    CHECK(models(plan_of(kBoth)) == "aaabbb");
    CHECK(models(plan_of(kBoth, R"("order": "interleaved",)")) == "ababab");
    const std::string shuffled = models(plan_of(kBoth, R"("order": "random", "seed": 5,)"));
    CHECK(shuffled == models(plan_of(kBoth, R"("order": "random", "seed": 5,)")));
    CHECK(std::count(shuffled.begin(), shuffled.end(), 'a') == 3);
    CHECK(ids(plan_of(kBoth, R"("order": "interleaved",)"))[1] == "toy_b_002");
}

TEST_CASE("replicates are the same values again: at once as written, a whole pass later when interleaved") {
    const plan::Plan written = plan_of(kThreeOfA, R"("replicates": 2,)");
    REQUIRE(written.experiments.size() == 6);
    for (std::size_t i = 0; i < 6; i += 2) {
        CHECK(written.experiments[i].training.hyperparameters == written.experiments[i + 1].training.hyperparameters);
        CHECK(written.experiments[i].replicate == 1);
        CHECK(written.experiments[i + 1].replicate == 2);
    }
    const plan::Plan plan = plan_of(kThreeOfA, R"("order": "interleaved", "replicates": 2,)");
    REQUIRE(plan.experiments.size() == 6);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(plan.experiments[i].training.hyperparameters == plan.experiments[i + 3].training.hyperparameters);
        CHECK(plan.experiments[i].replicate == 1);
        CHECK(plan.experiments[i + 3].replicate == 2);
    }
}

TEST_CASE("control runs stand first, last and in between, at default values") {
    const plan::Plan plan = plan_of(kBoth, R"("control_every": 2,)");
    CHECK(models(plan) == "caacabcbbc");
    CHECK(plan.experiments.front().training.hyperparameters[1] == Assignment{"lr", Value(0.1), false});
}

TEST_CASE("two configurations of the same model never draw the same training") {
    const plan::Plan plan = plan_of(R"({"repo": "toy", "model": "a", "mutate": ["epochs"], "runs_per_config": 60},
                                       {"repo": "toy", "model": "a", "mutate": ["epochs"], "runs_per_config": 40})");
    std::set<std::string> seen;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        CHECK(seen.insert(to_argument(*experiment.training.hyperparameters[0].value)).second);
    }
    CHECK_THROWS_AS(plan_of(R"({"repo": "toy", "model": "a", "mutate": ["epochs"], "runs_per_config": 60},
                               {"repo": "toy", "model": "a", "mutate": ["epochs"], "runs_per_config": 41})"),
                    Error);
}

TEST_CASE("editing one configuration leaves another's draws alone") {
    const plan::Plan before = plan_of(kBoth);
    const plan::Plan after = plan_of(
        std::string(R"({"repo": "toy", "model": "a", "mutate": ["epochs"], "runs_per_config": 3},)") + kThreeOfB);
    for (std::size_t i = 3; i < 6; ++i) {
        CHECK(before.experiments[i].training.hyperparameters == after.experiments[i].training.hyperparameters);
    }
}

TEST_CASE("what a summary already holds is not drawn again") {
    const std::vector<plan::HistoricalRun> history =
        plan::parse_history("experiment_id,repository,model,hyperparam_epochs,hyperparam_lr,perf_acc\r\n"
                            "toy_a_001,toy,a,5,,0.9\r\n"
                            "toy_a_002,toy,a,6.0,,0.9\r\n"
                            "toy_b_003,toy,b,7,,0.9\r\n"
                            "toy_a_004_parallel,toy,a,8,,0.9\r\n");
    REQUIRE(history.size() == 4);
    const plan::Plan plan =
        plan_of(R"({"repo": "toy", "model": "a", "mutate": ["epochs"], "runs_per_config": 98})", "", {}, history);
    std::set<std::string> drawn;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        drawn.insert(to_argument(*experiment.training.hyperparameters[0].value));
    }
    CHECK_FALSE(drawn.contains("5"));
    CHECK_FALSE(drawn.contains("6"));
    CHECK(drawn.contains("7"));
    CHECK(drawn.contains("8"));
}

TEST_CASE("what the command line says goes over the config") {
    plan::Overrides overrides;
    overrides.seed = 9;
    overrides.cooldown = Seconds(0);
    overrides.timeout = Seconds(5);
    const plan::Plan plan =
        plan_of(kThreeOfA, R"("seed": 1, "cooldown_seconds": 30, "cooldown_until_celsius": 50, "timeout_seconds": 7,)",
                overrides);
    CHECK(plan.settings.seed == 9);
    CHECK(plan.settings.cooldown == Seconds(0));
    CHECK_FALSE(plan.settings.cooldown_until.has_value());
    CHECK(plan.experiments[0].timeout == Seconds(5));
}

TEST_CASE("a plan survives its way through session.json") {
    const plan::Plan plan =
        plan_of(kBoth + R"(, {"mode": "parallel", "foreground": {"repo": "toy", "model": "a", "mutate": ["seed"]},
        "background": {"repo": "toy", "model": "b", "hyperparameters": {"lr": 0.5}, "reuse": true}})",
                R"("order": "random", "control_every": 3, "timeout_seconds": 12.5, "on_finish": ["mail", "me"],)");
    const Json json = Json::parse(plan::plan_to_json(plan).dump());
    const plan::Plan read = plan::plan_from_json(json);
    CHECK(plan::plan_to_json(read) == json);
    REQUIRE(read.experiments.size() == plan.experiments.size());
    for (std::size_t i = 0; i < plan.experiments.size(); ++i) {
        CHECK(read.experiments[i].training.hyperparameters == plan.experiments[i].training.hyperparameters);
        CHECK(read.experiments[i].number == plan.experiments[i].number);
        CHECK(read.experiments[i].background.has_value() == plan.experiments[i].background.has_value());
    }
}
