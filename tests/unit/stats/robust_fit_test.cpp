#include "catch.hpp"

#include "../src/stats/distributions.hpp"
#include "golden.hpp"
#include "mutation/stats/least_squares.hpp"
#include "mutation/stats/random.hpp"
#include "mutation/stats/robust_fit.hpp"

namespace mutation::stats {

TEST_CASE("the robust fit agrees with a linear program and statsmodels", "[stats]") {
    for (const auto& expected : load_golden("robust")) {
        const auto fit = fit_robust(expected["inputs"].get<Columns>(), expected["outcome"].get<Numbers>());
        REQUIRE(fit);
        CHECK(fit->is_converged);
        check_all_agree(fit->coefficients, expected["coefficients"]);
        check_all_agree(fit->weights, expected["weights"]);
        check_all_agree(fit->residuals, expected["residuals"]);
        check_agrees(fit->scale, expected["scale"]);
    }
}

namespace {

constexpr std::size_t kRuns = 970;
constexpr std::size_t kContaminated = 59;

/// ln power of 970 runs, the last 59 of which ran beside something that took between a fifth and twice as much again.
struct Contaminated {
    Columns inputs;
    Numbers outcome;
};

Contaminated contaminated_runs(std::uint64_t seed) {
    Random random(seed);
    Contaminated runs{Columns(5), {}};
    for (std::size_t i = 0; i < kRuns; ++i) {
        runs.inputs[0].push_back(std::log(1e-4) + random.uniform() * std::log(1e3)); // learning rate
        runs.inputs[1].push_back(std::log(8) + random.uniform() * std::log(16));     // batch size
        runs.inputs[2].push_back(random.uniform());                                  // dropout
        runs.inputs[3].push_back(random.uniform() < .3 ? 1 : 0);                     // weight decay of 0
        runs.inputs[4].push_back(random.normal());
        double log_power = 5 + .15 * runs.inputs[1].back() - .1 * runs.inputs[2].back() + .02 * random.normal();
        if (i >= kRuns - kContaminated) {
            log_power += .2 + .9 * random.uniform();
        }
        runs.outcome.push_back(log_power);
    }
    return runs;
}

/// How many of the first `count` flags and of the rest are set.
std::pair<std::size_t, std::size_t> count_flags(const std::vector<bool>& flags) {
    const auto split = flags.begin() + (kRuns - kContaminated);
    return {static_cast<std::size_t>(std::count(flags.begin(), split, true)),
            static_cast<std::size_t>(std::count(split, flags.end(), true))};
}

} // namespace

TEST_CASE("the robust fit finds 59 contaminated of 970 runs where ordinary residuals do not", "[stats]") {
    const Contaminated runs = contaminated_runs(4);
    const auto robust = fit_robust(runs.inputs, runs.outcome);
    REQUIRE(robust);
    std::vector<bool> flags;
    for (const double residual : robust->standardised) {
        flags.push_back(std::abs(residual) > 5);
    }
    CHECK(count_flags(flags) == std::pair<std::size_t, std::size_t>(0, kContaminated));
    CHECK(robust->scale == Approx(.02).epsilon(.1));
    CHECK(robust->coefficients[2] == Approx(.15).epsilon(.03));

    const auto ordinary = fit_least_squares(runs.inputs, runs.outcome);
    const double freedom = ordinary->degrees_of_freedom() - 1;
    const double limit = t_quantile(1 - .025 / kRuns, freedom); // Bonferroni
    flags.clear();
    for (std::size_t i = 0; i < kRuns; ++i) {
        const double part = std::pow(ordinary->residuals[i] / ordinary->residual_sd, 2) / (1 - ordinary->leverage[i]);
        flags.push_back(std::sqrt(part * freedom / (freedom + 1 - part)) > limit); // externally studentised
    }
    CHECK(count_flags(flags).second < kContaminated / 2);
}

TEST_CASE("a robust fit without a scale is refused", "[stats]") {
    const auto fit = fit_robust({{1, 2, 3, 4, 5, 6, 7, 8}}, Numbers{1, 2, 3, 4, 5, 6, 7, 80});
    REQUIRE_FALSE(fit);
    CHECK(fit.refusal().reason == "so many rows fit exactly that the residuals have no scale");
}

TEST_CASE("replicates and equal outcomes do not stop the robust fit", "[stats]") {
    const auto fit =
        fit_robust({{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}}, Numbers{1, 1.1, .9, 2, 2, 2.1, 3.1, 2.9, 2.9, 4, 4.1, 9});
    REQUIRE(fit);
    CHECK(fit->coefficients[1] == Approx(1).epsilon(.05));
    CHECK(fit->weights.back() == 0);
    CHECK(fit->standardised.back() > 5);
}

} // namespace mutation::stats
