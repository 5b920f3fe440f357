#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"
#include "toy_registry.hpp"

using namespace mutation;
using namespace mutation::plan;
using Catch::Contains;

namespace {

/// A plan with everything that a plan can hold.
Plan rich_plan() {
    config::ExperimentRequest fixed = toy::mutating("net", {"learning_rate", "loss", "seed"}, 3);
    fixed.training.hyperparameters = {{"decay", 0.1 + 0.2}, {"epochs", std::int64_t{9007199254740993}}};
    fixed.timeout = Seconds(1.5);
    config::ExperimentConfig config =
        toy::config({fixed, toy::in_parallel(toy::mutating("default", {"width"}, 2), true)});
    config.settings.seed = 18446744073709551615U;
    config.settings.order = config::Order::random;
    config.settings.replicates = 2;
    config.settings.control_every = 3;
    config.settings.cooldown_until = Celsius(45.5);
    config.settings.on_finish = {"notify", "all done"};
    return make_plan(config, toy::registry(), 0);
}

std::string error_of(const Json& json) {
    try {
        (void)plan_from_json(json);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

} // namespace

TEST_CASE("a plan is read back from its file to the last digit") {
    const Plan plan = rich_plan();
    const Plan back = plan_from_json(Json::parse(plan_to_json(plan).dump()));
    CHECK(plan_to_json(back) == plan_to_json(plan));
    CHECK(back.settings.seed == 18446744073709551615U);
    REQUIRE(back.experiments.size() == plan.experiments.size());
    for (std::size_t i = 0; i < plan.experiments.size(); ++i) {
        const PlannedExperiment& was = plan.experiments[i];
        const PlannedExperiment& is = back.experiments[i];
        CHECK(is.number == was.number);
        CHECK(is.id == was.id);
        CHECK(is.mode == was.mode);
        CHECK(is.training.model == was.training.model);
        CHECK(is.training.hyperparameters == was.training.hyperparameters);
        CHECK(is.configuration == was.configuration);
        CHECK(is.replicate == was.replicate);
        CHECK(is.is_control == was.is_control);
        CHECK(is.timeout == was.timeout);
        CHECK(is.stall == was.stall);
        REQUIRE(is.background.has_value() == was.background.has_value());
        if (is.background) {
            CHECK(is.background->reuse == was.background->reuse);
            CHECK(is.background->training.hyperparameters == was.background->training.hyperparameters);
        }
    }
}

TEST_CASE("a plan of many runs stores shared data once") {
    const Plan plan = make_plan(toy::config({toy::mutating("net", {"seed"}, 5000)}), toy::registry(), 0);
    const Json json = plan_to_json(plan);
    CHECK(json["shared"].size() == 1);
    CHECK(json.dump().size() < 5000 * 12 + 2000);
}

TEST_CASE("a damaged plan is refused with the place of the error") {
    const Json good = plan_to_json(rich_plan());
    const auto damaged = [&good](const char* pointer, const Json& value) {
        Json bad = good;
        bad[Json::json_pointer(pointer)] = value;
        return error_of(bad);
    };
    CHECK_THAT(error_of(Json(nullptr)), Contains("$.plan: null: must be an object"));
    CHECK_THAT(error_of(Json::object()), Contains("$.plan: \"settings\" is missing"));
    CHECK_THAT(damaged("/settings/seed", -1), Contains("$.plan.settings.seed"));
    CHECK_THAT(damaged("/settings/max_retries", 1.5), Contains("$.plan.settings.max_retries"));
    CHECK_THAT(damaged("/settings/order", "sideways"), Contains("sideways"));
    CHECK_THAT(damaged("/settings/cooldown_seconds", -2),
               Contains("$.plan.settings.cooldown_seconds: -2: must be a number from 0"));
    CHECK_THAT(damaged("/settings/on_finish", {1}), Contains("$.plan.settings.on_finish[0]: 1: must be text"));
    CHECK_THAT(damaged("/shared/0/training/hyperparameters/1/value", Json::array()),
               Contains("$.plan.shared[0].training.hyperparameters[1].value"));
    CHECK_THAT(damaged("/shared/0/training/hyperparameters/1/value", 18446744073709551615U),
               Contains("must be the value of a hyperparameter"));
    CHECK_THAT(damaged("/experiments/1/0", 99),
               Contains("$.plan.experiments[1][0]: 99: must be a whole number from 0 to 2"));
    CHECK_THAT(damaged("/experiments/1", Json::array()), Contains("$.plan.experiments[1]"));
    CHECK_THAT(damaged("/experiments", "none"), Contains("$.plan.experiments: \"none\": must be an array"));
    Json longer = good;
    longer["experiments"][2].push_back(1);
    CHECK_THAT(error_of(longer), Contains("$.plan.experiments[2]: ") && Contains("has too many values"));
    Json shorter = good;
    shorter["experiments"][2].erase(shorter["experiments"][2].size() - 1);
    CHECK_THAT(error_of(shorter), Contains("$.plan.experiments[2]: ") && Contains("has too few values"));
}
