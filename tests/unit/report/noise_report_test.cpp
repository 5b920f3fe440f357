#include "catch.hpp"

#include "../src/report/analyse_drift.hpp"
#include "../src/report/analyse_replicates.hpp"
#include "made_group.hpp"
#include "mutation/stats/random.hpp"

#include <cmath>

namespace mutation::report {
namespace {

/// Pairs whose logarithms differ so that the pooled standard deviation is exactly `log_sd`.
test::MadeGroup pairs(double log_sd) {
    test::MadeGroup made;
    for (std::size_t i = 0; i < 6; ++i) {
        const double center = 100 * std::pow(2, static_cast<double>(i));
        made.add(i, center * std::exp(log_sd / std::sqrt(2)));
        made.add(i, center * std::exp(-log_sd / std::sqrt(2)));
    }
    return made;
}

/// 40 runs at four settings x in random order; ln E = x + drift * place + noise. `inputs` gets x.
test::MadeGroup drifting(double drift, stats::Columns& inputs) {
    test::MadeGroup made;
    stats::Random random(4);
    inputs.assign(1, {});
    for (int i = 0; i < 40; ++i) {
        const std::size_t x = random.index(4);
        inputs[0].push_back(static_cast<double>(x));
        made.add(x, 500 * std::exp(static_cast<double>(x) + drift * i + .02 * random.normal()));
    }
    return made;
}

} // namespace

TEST_CASE("a spread of 2 % lets ratios of 6.3, 4.1, 2.7 and 1.8 % be seen", "[report]") {
    test::MadeGroup made = pairs(.02);
    const Replicates replicates = analyse_replicates(made.group(), made.runs());
    CHECK(replicates.outcome == "energy");
    CHECK(replicates.configurations == 6);
    CHECK(replicates.sd_log.value() == Approx(.02));
    CHECK(replicates.cv_percent.value() == Approx(2.0).epsilon(.001));
    // Six degrees of freedom: .02 sqrt(6 / 14.449) and .02 sqrt(6 / 1.2373).
    CHECK(replicates.sd_ci95->low == Approx(.012888).epsilon(.0005));
    CHECK(replicates.sd_ci95->high == Approx(.044042).epsilon(.0005));
    REQUIRE(replicates.detectable.size() == 5);
    const std::vector<std::pair<std::size_t, double>> known{{3, 6.3}, {5, 4.1}, {10, 2.7}, {20, 1.8}};
    for (std::size_t i = 0; i < known.size(); ++i) {
        CHECK(replicates.detectable[i + 1].n == known[i].first);
        CHECK(100 * (replicates.detectable[i + 1].ratio - 1) == Approx(known[i].second).margin(.1));
    }
}

TEST_CASE("without replicates the spread has a reason", "[report]") {
    test::MadeGroup made;
    made.add(0, 100);
    made.add(1, 100);
    const Replicates replicates = analyse_replicates(made.group(), made.runs());
    CHECK_FALSE(replicates.sd_log);
    CHECK(replicates.detectable.empty());
    CHECK_THAT(replicates.reason.value(), Catch::Contains("set \"replicates\" to 2"));
}

TEST_CASE("a drift of .2 % a run is found, with its interval", "[report]") {
    stats::Columns inputs;
    test::MadeGroup made = drifting(.002, inputs);
    const Drift drift = analyse_drift(made.group(), made.runs(), inputs);
    CHECK(drift.per_run_percent.value() == Approx(.2).margin(.05));
    CHECK(drift.ci95->low < .2);
    CHECK(drift.ci95->high > .2);
    CHECK(drift.ci95->low > 0);
    CHECK(drift.permutation_p.value() < .001);
    CHECK(drift.lag1_autocorrelation.value() > .2);
    CHECK_FALSE(drift.per_celsius_percent);
    CHECK_FALSE(drift.reason);
}

TEST_CASE("a steady machine has no drift", "[report]") {
    stats::Columns inputs;
    test::MadeGroup made = drifting(0, inputs);
    const Drift drift = analyse_drift(made.group(), made.runs(), inputs);
    CHECK(drift.ci95->low < 0);
    CHECK(drift.ci95->high > 0);
    CHECK(drift.permutation_p.value() > .05);
}

TEST_CASE("energy that follows the temperature of the start is found", "[report]") {
    stats::Columns inputs;
    test::MadeGroup made = drifting(0, inputs);
    stats::Random random(9);
    for (Run& run : made.group().runs) {
        const double celsius = 40 + 5 * random.normal();
        run.start_temperature = Celsius(celsius);
        run.energy = *run.energy * std::exp(.01 * celsius);
    }
    const Drift drift = analyse_drift(made.group(), made.runs(), inputs);
    CHECK(drift.per_celsius_percent.value() == Approx(1).margin(.3));
    CHECK(drift.per_celsius_p.value() < .001);
}

TEST_CASE("an order that is an input cannot show drift", "[report]") {
    test::MadeGroup made;
    stats::Columns inputs(1);
    for (std::size_t i = 0; i < 12; ++i) {
        made.add(i, 100 + 7 * static_cast<double>(i * i % 5));
        inputs[0].push_back(static_cast<double>(i));
    }
    const Drift drift = analyse_drift(made.group(), made.runs(), inputs);
    CHECK_FALSE(drift.per_run_percent);
    CHECK_THAT(drift.reason.value(), Catch::Contains("set \"order\" to \"random\""));
}

TEST_CASE("too few runs for a drift, and runs without any difference, give the reason", "[report]") {
    test::MadeGroup made;
    for (std::size_t i = 0; i < 7; ++i) {
        made.add(0, 100);
    }
    CHECK(analyse_drift(made.group(), made.runs(), {}).reason.value() != "");
    CHECK_FALSE(analyse_drift(made.group(), made.runs(), {}).per_run_percent);
    made.group().runs.resize(5);
    CHECK_THAT(analyse_drift(made.group(), made.runs(), {}).reason.value(), Catch::Contains("5 runs"));
}

TEST_CASE("control runs show drift and spread over time, and are no rows", "[report]") {
    test::MadeGroup made;
    for (int i = 0; i < 21; ++i) {
        Run& run = made.add(0, 100 * std::exp(.001 * i));
        run.is_control = i % 5 == 0;
    }
    const Drift drift = analyse_drift(made.group(), made.runs(), {});
    CHECK(drift.control_runs == 5);
    CHECK(drift.control_per_run_percent.value() == Approx(.1).epsilon(.01));
    // The logarithms are 0, .005, ... .02: standard deviation .005 sqrt(2.5).
    CHECK(drift.control_spread_percent.value() == Approx(.79).epsilon(.01));
    CHECK(drift.control_p.value() < .05);
    CHECK(drift.per_run_percent.value() == Approx(.1).epsilon(.01));
}

} // namespace mutation::report
