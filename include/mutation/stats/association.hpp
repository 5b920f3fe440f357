#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/random.hpp"

#include <optional>
#include <span>
#include <vector>

namespace mutation::stats {

/// An estimate with the two-sided p of "no association" from random permutations of the outcome: the estimates at least
/// as far from 0, plus 1, over the draws plus 1 (Phipson & Smyth 2010).
struct Association {
    double estimate = 0;
    double permutation_p = 1;
};

/// Spearman's rank correlation of each input column with the outcome (mid ranks for equal values). All columns see the
/// same permutations, which makes many columns cheap. Absent for a column if it, or the outcome, is constant.
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] std::vector<std::optional<Association>> spearman(const Columns& inputs, std::span<const double> outcome,
                                                               const Resampling& permutations);

/// The same for several outcomes, which all see the same permutations, too: [k][j] is input column j with outcome k.
[[nodiscard]] std::vector<std::vector<std::optional<Association>>>
spearman_of_each(const Columns& inputs, const Columns& outcomes, const Resampling& permutations);

/// Least-squares slope of y on x, in units of y per unit of x. Absent if x or y is constant.
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] std::optional<Association> permuted_slope(std::span<const double> x, std::span<const double> y,
                                                        const Resampling& permutations);

/// Correlation of each value with the next one, about the common mean (Box & Jenkins). Absent for less than three
/// values or if all are equal. Without dependence within about +- 1.96 / sqrt(n).
[[nodiscard]] std::optional<double> lag1_autocorrelation(std::span<const double> series);

} // namespace mutation::stats
