#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/result.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mutation::stats {

/// A straight-line model of n rows on an intercept and p input columns.
struct LinearFit {
    std::size_t n = 0;
    std::size_t p = 0; ///< columns without the intercept

    /// [0] is the intercept, [j + 1] belongs to input column j. In units of the outcome per unit of the column.
    std::vector<TEstimate> coefficients;
    /// In the same order: standard errors that hold under unequal variances (MacKinnon & White 1985, HC3). Absent if a
    /// row that decides the coefficient has leverage 1.
    std::vector<std::optional<double>> hc3_standard_errors;

    double r2 = 0;
    double residual_sd = 0; ///< divisor n - p - 1; unit of the outcome
    /// 2-norm condition number of the input columns, each centred and scaled to length 1: 1 for orthogonal inputs;
    /// above 30 their effects can hardly be told apart (Belsley, Kuh & Welsch 1980).
    double condition_number = 1;

    // One number a row:
    std::vector<double> residuals;
    std::vector<double> leverage; ///< diagonal of the hat matrix; the sum is p + 1
    /// Cook (1977). Absent for a row with leverage 1, and for all rows if the fit is exact.
    std::vector<std::optional<double>> cooks_distance;

    [[nodiscard]] double degrees_of_freedom() const { return static_cast<double>(n - p - 1); }
};

/// Ordinary least squares by a Householder QR decomposition with column pivoting.
/// Refused if there is no input, n < p + 2, a number is not finite, a column or the outcome is constant, or a column is
/// a linear combination of the others (relative tolerance 1e-7, as R's lm).
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] Result<LinearFit> fit_least_squares(const Columns& inputs, std::span<const double> outcome);

} // namespace mutation::stats
