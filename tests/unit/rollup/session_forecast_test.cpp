#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/rollup/session_forecast.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;
using Catch::Contains;
using rollup::PastRuns;
using rollup::PlanEstimate;

namespace {

const rollup::TrainingKind kToyAlone{"toy", "net", ""};
const rollup::TrainingKind kBesideToy{"toy", "net", "toy/default"};

/// Two trainings of 5 epochs alone, then two beside a background.
plan::Plan plan_of(bool reuse = false) {
    config::ExperimentConfig config =
        toy::config({toy::with_defaults("net", 2), toy::in_parallel(toy::with_defaults("net", 2), reuse)});
    config.settings.cooldown = Seconds(60);
    config.settings.baseline = Seconds(10);
    return plan::make_plan(config, toy::registry(), 0);
}

std::vector<const plan::PlannedExperiment*> all_of(const plan::Plan& plan) {
    std::vector<const plan::PlannedExperiment*> all;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        all.push_back(&experiment);
    }
    return all;
}

PastRuns known_runs() {
    PastRuns past;
    past.add(kToyAlone, 5, Seconds(100), Joules(1000));
    past.add(kBesideToy, 5, Seconds(200), Joules(3000));
    return past;
}

record::ExperimentRecord record_of(double seconds, bool success = true) {
    record::ExperimentRecord record;
    record.attempts.resize(2);
    record.attempts.front().duration = Seconds(seconds);
    for (record::AttemptRecord& attempt : record.attempts) {
        attempt.status = success ? record::Status::ok : record::Status::failed;
        attempt.measurement.cpu.total = Joules(10);
    }
    return record;
}

} // namespace

TEST_CASE("a session's time is its trainings, cooldowns, baseline and waits for backgrounds") {
    const PlanEstimate loop = rollup::estimate_plan(plan_of(), known_runs());
    REQUIRE(loop.duration.has_value());
    CHECK(loop.duration->count() == Approx(100 + 100 + 200 + 200 + 3 * 60 + 10 + 2 * 30));
    CHECK(loop.energy->value() == Approx(8000));
    CHECK(loop.basis == "4 of 4 trainings known from 2 past runs");
    CHECK_FALSE(loop.is_partial());
    const PlanEstimate reuse = rollup::estimate_plan(plan_of(true), known_runs());
    CHECK(reuse.duration->count() == Approx(loop.duration->count() - 30));
}

TEST_CASE("without past runs there is no estimate, and the basis says so") {
    const PlanEstimate estimate = rollup::estimate_plan(plan_of(), {});
    CHECK_FALSE(estimate.duration.has_value());
    CHECK_FALSE(estimate.energy.has_value());
    CHECK(estimate.basis == "no past session to estimate from");
}

TEST_CASE("with an unknown training the estimate is a lower bound") {
    const config::ExperimentConfig config =
        toy::config({toy::with_defaults("net", 1), toy::with_defaults("default", 1)});
    PastRuns past;
    past.add(kToyAlone, 5, Seconds(100), std::nullopt);
    const PlanEstimate estimate = rollup::estimate_plan(plan::make_plan(config, toy::registry(), 0), past);
    CHECK(estimate.is_partial());
    CHECK(estimate.basis == "1 of 2 trainings known from 1 past run");
    CHECK_FALSE(estimate.energy.has_value()); // it was not measured
}

TEST_CASE("a training known only with another background is estimated, and the basis says so") {
    PastRuns past;
    past.add(kToyAlone, 5, Seconds(100), std::nullopt);
    CHECK_THAT(rollup::estimate_plan(plan_of(), past).basis, Contains("2 of them by runs with another background"));
}

TEST_CASE("the rest shrinks with every experiment and learns from successful ones") {
    const plan::Plan plan = plan_of();
    rollup::SessionForecast forecast(plan.settings, all_of(plan), known_runs());
    const double before = forecast.rest().duration->count();
    forecast.end_experiment(plan.experiments[0], record_of(300));
    // The mean of its like is now 200.
    CHECK(forecast.rest().duration->count() == Approx(before - 100 - 60 + 100));
    CHECK(forecast.duration_of(plan.experiments[1])->count() == Approx(200));
    forecast.end_experiment(plan.experiments[1], record_of(1, false));
    forecast.end_experiment(plan.experiments[2], record_of(200));
    CHECK(forecast.rest().duration->count() == Approx(200 + 30));
    forecast.end_experiment(plan.experiments[3], record_of(200));
    CHECK(forecast.rest().duration->count() == 0);
    CHECK(forecast.rest().total == 0);
}

TEST_CASE("the current cooldown is part of the time left") {
    const plan::Plan plan = plan_of();
    rollup::SessionForecast forecast(plan.settings, all_of(plan), known_runs());
    const auto left = [&](rollup::Activity activity, double elapsed) {
        return forecast.rest_at({activity, &plan.experiments[0], Seconds(elapsed)}).duration->count();
    };
    const double training = left(rollup::Activity::training, 100);
    forecast.end_experiment(plan.experiments[0], record_of(100));
    CHECK(left(rollup::Activity::cooling_down, 0) == Approx(training)); // all of it is still ahead
    CHECK(left(rollup::Activity::cooling_down, 45) == Approx(training - 45));
    CHECK(left(rollup::Activity::cooling_down, 60) == Approx(training - 60));
    CHECK(left(rollup::Activity::cooling_down, 500) == Approx(training - 60)); // the GPUs are still hot
}

TEST_CASE("the wait for a background is part of the time left") {
    const plan::Plan plan = plan_of();
    const rollup::SessionForecast forecast(plan.settings, {&plan.experiments[2]}, known_runs());
    const auto left = [&](rollup::Activity activity, double elapsed) {
        return forecast.rest_at({activity, &plan.experiments[2], Seconds(elapsed)}).duration->count();
    };
    CHECK(left(rollup::Activity::waiting_for_background, 0) == Approx(230));
    CHECK(left(rollup::Activity::waiting_for_background, 10) == Approx(220));
    CHECK(left(rollup::Activity::waiting_for_background, 90) == Approx(200));
    CHECK(left(rollup::Activity::training, 0) == Approx(200));
    CHECK(left(rollup::Activity::training, 150) == Approx(50));
}

TEST_CASE("an overdue training is reported, and the others are estimated from it") {
    const plan::Plan plan = plan_of();
    const rollup::SessionForecast forecast(plan.settings, all_of(plan), known_runs());
    const auto at = [&](double elapsed) {
        return forecast.rest_at({rollup::Activity::training, &plan.experiments[0], Seconds(elapsed)});
    };
    CHECK_FALSE(at(100).is_overdue);
    const double in_time = at(100).duration->count();
    CHECK(at(300).is_overdue);
    CHECK(at(300).duration->count() == Approx(in_time + 100)); // its like now takes 200 s in the mean
    CHECK(at(500).duration->count() == Approx(in_time + 200));
    CHECK(at(100.001).duration->count() == Approx(in_time).epsilon(1e-3)); // no jump
    const rollup::SessionForecast last(plan.settings, {&plan.experiments[0]}, known_runs());
    CHECK(last.rest_at({rollup::Activity::training, &plan.experiments[0], Seconds(300)}).duration->count() == 0);
}

TEST_CASE("the newest sessions are used, and unreadable files are skipped") {
    const test::TemporaryFolder folder;
    const std::string head = "experiment_id,repository,model,training_success,duration_seconds\n";
    test::write_text(folder.path() / "run_20260101_000000/summary.csv", head + "toy_net_001,toy,net,True,10\n");
    test::write_text(folder.path() / "run_20260102_000000/summary.csv", head + "toy_net_001,toy,net,True,30\n");
    test::write_text(folder.path() / "run_20260103_000000/session.json", "{}");
    test::write_text(folder.path() / "other/summary.csv", head + "toy_net_001,toy,net,True,9999\n");
    const PastRuns past = rollup::load_past_runs(folder.path(), plan_of());
    const plan::Plan plan = plan_of();
    const rollup::SessionForecast forecast(plan.settings, all_of(plan), past);
    CHECK(forecast.duration_of(plan.experiments[0])->count() == Approx(20));
    CHECK(rollup::estimate_plan(plan, rollup::load_past_runs(folder.path() / "nowhere", plan)).known == 0);
}
