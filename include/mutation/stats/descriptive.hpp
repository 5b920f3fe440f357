#pragma once

#include "mutation/stats/interval.hpp"

#include <span>

namespace mutation::stats {

// Every function here throws Error (internal) for an empty sample: the caller knows how many values it has.

/// Arithmetic mean.
[[nodiscard]] double mean(std::span<const double> values);

/// Whether two of the values differ.
[[nodiscard]] bool varies(std::span<const double> values);

/// Sum of the squared distances from the mean; exactly 0 if all values are equal.
[[nodiscard]] double sum_of_squares(std::span<const double> values);

/// Unbiased sample variance (divisor n - 1). Needs two values.
[[nodiscard]] double sample_variance(std::span<const double> values);

/// Geometric mean. All values must be positive.
[[nodiscard]] double geometric_mean(std::span<const double> values);

/// Quantile of type 7 of Hyndman & Fan (1996): linear between the order statistics, (n - 1) q + 1. The default of R,
/// numpy and Excel. `q` is in [0, 1].
[[nodiscard]] double quantile(std::span<const double> values, double q);

/// Quantile .5 of type 7: the mean of the two middle values if the count is even.
[[nodiscard]] double median(std::span<const double> values);

/// Median of |x - median|, not scaled. 1.4826 times this estimates the standard deviation of normal data.
[[nodiscard]] double median_absolute_deviation(std::span<const double> values);

/// Equal-tailed percentile interval of bootstrap draws, type 7 (Efron & Tibshirani 1993, 13.3).
[[nodiscard]] Interval percentile_interval(std::span<const double> draws, double level);

} // namespace mutation::stats
