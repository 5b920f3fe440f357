#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/core/error.hpp"
#include "mutation/session/schedule.hpp"

using namespace mutation;
using session::Schedule;
using test::plan_of_defaults;
using test::record_of;

namespace {

plan::Plan plan_beside(std::vector<config::ExperimentRequest> requests) {
    return plan::make_plan(toy::config(std::move(requests)), toy::registry(), 0);
}

/// Whether each experiment but the first shares the background of the one before.
std::string sharing_of(const plan::Plan& plan) {
    Schedule schedule(plan, {});
    std::string sharing;
    while (const auto step = schedule.next()) {
        sharing += step->cooldown.shares_background ? 'S' : '-';
        schedule.add(record_of(*step->experiment, "run"));
    }
    return sharing;
}

} // namespace

TEST_CASE("a schedule follows the order of its plan, with a cooldown before all but the first", "[schedule]") {
    plan::Plan plan = plan_of_defaults(3);
    plan.settings.cooldown = Seconds(7);
    plan.settings.cooldown_until = Celsius(50);
    plan.settings.cooldown_max = Seconds(90);
    Schedule schedule(plan, {});
    CHECK(schedule.open().size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto step = schedule.next();
        REQUIRE(step.has_value());
        CHECK(step->experiment->id == plan.experiments[i].id);
        CHECK(step->cooldown.is_none() == (i == 0));
        CHECK(step->cooldown.duration == Seconds(i == 0 ? 0 : 7));
        CHECK(step->cooldown.until == (i == 0 ? std::nullopt : std::optional(Celsius(50))));
        CHECK(schedule.next()->experiment == step->experiment); // asking changes nothing
        schedule.add(record_of(*step->experiment, "run"));
    }
    CHECK_FALSE(schedule.next().has_value());
    CHECK(schedule.open().empty());
}

TEST_CASE("experiments whose records stand are not run again, and the first of the others has no cooldown",
          "[schedule]") {
    const plan::Plan plan = plan_of_defaults(3);
    const Schedule schedule(plan, {record_of(plan.experiments[0], "run"), record_of(plan.experiments[2], "run")});
    REQUIRE(schedule.open().size() == 1);
    CHECK(schedule.next()->experiment->id == plan.experiments[1].id);
    CHECK(schedule.next()->cooldown.is_none());
}

TEST_CASE("a background goes on for the next experiment that asks for the same one", "[schedule]") {
    const config::ExperimentRequest shared = toy::in_parallel(toy::with_defaults("net", 2), true);
    config::ExperimentRequest other = shared;
    other.background->hyperparameters = {{"epochs", std::int64_t{98}}};
    CHECK(sharing_of(plan_beside({shared})) == "-S");
    CHECK(sharing_of(plan_beside({shared, shared})) == "-SSS");
    CHECK(sharing_of(plan_beside({shared, other})) == "-S-S");
    CHECK(sharing_of(plan_beside({shared, toy::with_defaults("net", 1), shared})) == "-S--S");
    CHECK(sharing_of(plan_beside({toy::in_parallel(toy::with_defaults("net", 2), false)})) == "--");
}

TEST_CASE("a schedule takes another round of experiments, also when it has run all of the former", "[schedule]") {
    const plan::Plan plan = plan_of_defaults(1);
    Schedule schedule(plan, {});
    const plan::PlannedExperiment* const first = schedule.next()->experiment;
    schedule.add(record_of(*first, "run"));
    CHECK_FALSE(schedule.next().has_value());
    plan::PlannedExperiment more = plan.experiments.front();
    more.id = "toy_net_002";
    schedule.append({more});
    CHECK(schedule.next()->experiment->id == "toy_net_002");
    CHECK_FALSE(schedule.next()->cooldown.is_none());
    CHECK(first->id == plan.experiments.front().id); // what was given out stays valid
}

TEST_CASE("a record of another experiment than the next one is a defect", "[schedule]") {
    const plan::Plan plan = plan_of_defaults(2);
    Schedule schedule(plan, {});
    CHECK_THROWS_AS(schedule.add(record_of(plan.experiments[1], "run")), Error);
}
