#include "mutation/stats/t_test_power.hpp"

#include "contract.hpp"
#include "distributions.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

namespace mutation::stats {

namespace {

constexpr std::size_t kMostRuns = 1'000'000;

/// Power of the two-sample t test with n runs a side, for a difference of means of `effect` standard deviations.
double two_sample_power(double effect, std::size_t n, double alpha) {
    const auto runs = static_cast<double>(n);
    return t_test_power(effect * std::sqrt(runs / 2), 2 * runs - 2, alpha);
}

/// The fewest, from 2 on, with which the goal is met; absent beyond the most.
template <class IsEnough>
std::optional<std::size_t> find_fewest(const IsEnough& is_enough) {
    std::size_t high = 2;
    while (!is_enough(high)) {
        if (high >= kMostRuns) {
            return std::nullopt;
        }
        high *= 2;
    }
    std::size_t low = high / 2; // not enough, or 1, with which there is no test
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (is_enough(middle) ? high : low) = middle;
    }
    return high;
}

/// The shift of t, in standard errors, that meets the goal.
double smallest_noncentrality(double degrees_of_freedom, const PowerGoal& goal) {
    require(goal.power > goal.alpha && goal.power < 1, "stats: the power must be in (alpha, 1)");
    const auto excess = [&](double shift) { return t_test_power(shift, degrees_of_freedom, goal.alpha) - goal.power; };
    double low = 0;
    double high = 2;
    while (excess(high) < 0) {
        low = high;
        high *= 2;
    }
    std::uintmax_t steps = 60;
    return boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(46), steps)
        .second;
}

} // namespace

double t_test_power(double noncentrality, double degrees_of_freedom, double alpha) {
    require(alpha > 0 && alpha < 1, "stats: alpha must be in (0, 1)");
    const double critical = t_quantile(1 - alpha / 2, degrees_of_freedom);
    return noncentral_t_upper(critical, degrees_of_freedom, noncentrality) +
           noncentral_t_cdf(-critical, degrees_of_freedom, noncentrality);
}

double smallest_detectable_ratio(double log_sd, std::size_t n, const PowerGoal& goal) {
    require(n >= 2, "stats: a comparison needs two runs a side");
    const auto runs = static_cast<double>(n);
    return std::exp(smallest_detectable_shift({0, log_sd * std::sqrt(2 / runs), 2 * runs - 2}, goal));
}

double smallest_detectable_shift(const TEstimate& estimate, const PowerGoal& goal) {
    return smallest_noncentrality(estimate.degrees_of_freedom, goal) * estimate.standard_error;
}

std::optional<std::size_t> needed_runs(double log_sd, double ratio, const PowerGoal& goal) {
    require(log_sd > 0 && ratio > 0, "stats: spread and ratio must be positive");
    const double effect = std::abs(std::log(ratio)) / log_sd;
    if (effect == 0) {
        return std::nullopt;
    }
    return find_fewest([&](std::size_t n) { return two_sample_power(effect, n, goal.alpha) >= goal.power; });
}

std::optional<std::size_t> needed_pairs(double sd, double shift, const PowerGoal& goal) {
    require(sd > 0, "stats: the spread must be positive");
    if (shift == 0) {
        return std::nullopt;
    }
    return find_fewest([&](std::size_t n) {
        const auto pairs = static_cast<double>(n);
        return t_test_power(std::abs(shift) / sd * std::sqrt(pairs), pairs - 1, goal.alpha) >= goal.power;
    });
}

} // namespace mutation::stats
