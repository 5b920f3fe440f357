#pragma once

#include "mutation/stats/result.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <span>

namespace mutation::stats {

/// Mean with its standard error, n - 1 degrees of freedom. For paired samples: of the differences.
/// Refused with less than two values or if all are equal.
[[nodiscard]] Result<TEstimate> estimate_mean(std::span<const double> values);

/// mean(b) - mean(a), with unequal variances (Welch 1947; degrees of freedom of Satterthwaite).
/// Refused if a sample has less than two values or if neither varies.
[[nodiscard]] Result<TEstimate> welch_difference(std::span<const double> a, std::span<const double> b);

/// ln of the ratio of geometric means, b over a: welch_difference of the logarithms; to_ratio makes the ratio of it.
/// Also refused if a value is not positive.
[[nodiscard]] Result<TEstimate> welch_log_ratio(std::span<const double> a, std::span<const double> b);

} // namespace mutation::stats
