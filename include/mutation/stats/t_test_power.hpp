#pragma once

#include "mutation/stats/t_estimate.hpp"

#include <cstddef>
#include <optional>

namespace mutation::stats {

/// What a comparison shall achieve.
struct PowerGoal {
    double alpha = .05; ///< of the two-sided test
    double power = .8;  ///< probability of a significant result
};

/// Probability that a two-sided t test at `alpha` is significant if t is shifted by `noncentrality` (true difference
/// over standard error): both tails of the non-central t (Johnson, Kotz & Balakrishnan 1995, 31).
[[nodiscard]] double t_test_power(double noncentrality, double degrees_of_freedom, double alpha = .05);

/// The smallest ratio above 1 between two groups of `n` runs a side (n >= 2) that the goal is met for, where `log_sd`
/// is the standard deviation of ln E in a group. 1 / ratio is as detectable.
[[nodiscard]] double smallest_detectable_ratio(double log_sd, std::size_t n, const PowerGoal& goal = {});

/// The smallest true difference that the goal is met for with the standard error and the degrees of freedom of
/// `estimate`, in its unit; its value does not matter. At least 1 degree of freedom.
[[nodiscard]] double smallest_detectable_shift(const TEstimate& estimate, const PowerGoal& goal = {});

/// The fewest runs a side that meet the goal for this ratio. Absent for a ratio of 1, and beyond a million.
[[nodiscard]] std::optional<std::size_t> needed_runs(double log_sd, double ratio, const PowerGoal& goal = {});

/// The fewest pairs that meet the goal for a mean difference of `shift`, where `sd` is the standard deviation of the
/// differences. Absent for a shift of 0, and beyond a million.
[[nodiscard]] std::optional<std::size_t> needed_pairs(double sd, double shift, const PowerGoal& goal = {});

} // namespace mutation::stats
