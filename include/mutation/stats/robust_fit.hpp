#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/result.hpp"

#include <span>
#include <vector>

namespace mutation::stats {

/// A straight-line model that rows with an outlying outcome do not move.
struct RobustFit {
    std::vector<double> coefficients; ///< [0] is the intercept, [j + 1] belongs to input column j
    double scale = 0;                 ///< robust standard deviation of the residuals; unit of the outcome
    bool is_converged = false; ///< false after 500 steps without rest; the numbers are still those of the last one

    // One number a row:
    std::vector<double> residuals;
    std::vector<double> standardised; ///< residual / scale
    std::vector<double> weights;      ///< Tukey's, in [0, 1]; 0: the row had no influence
};

/// Tukey's bisquare (c = 4.685: 95 % efficiency for normal errors) by reweighted least squares, from a least absolute
/// deviations start. The scale stays that of the start while the weights change, so that it cannot collapse; the
/// `scale` of the result is that of the final residuals. A scale is 1.4826 times the median of the n - p - 1 largest
/// |residuals|: the p + 1 that the start fits exactly do not count (Maronna, Martin & Yohai 2006, 4.4).
/// Withstands many outlying outcomes, but not outlying inputs.
/// Refused as fit_least_squares; also if so many rows fit exactly that there is no scale.
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] Result<RobustFit> fit_robust(const Columns& inputs, std::span<const double> outcome);

} // namespace mutation::stats
