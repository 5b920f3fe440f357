#pragma once

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

/// The fewest runs a side that meet the goal for this ratio. Absent for a ratio of 1, and beyond a million.
[[nodiscard]] std::optional<std::size_t> needed_runs(double log_sd, double ratio, const PowerGoal& goal = {});

} // namespace mutation::stats
