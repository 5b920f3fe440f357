#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/least_squares.hpp"
#include "mutation/stats/result.hpp"

#include <optional>
#include <span>

namespace mutation::stats {

/// A statistic with its p. A small p speaks against what the model assumes.
struct Check {
    double statistic = 0;
    double p = 1;
};

/// Whether the spread depends on the inputs: n R2 of the squared residuals on the inputs, chi-square with p degrees of
/// freedom (Breusch & Pagan 1979, in the form of Koenker 1981, which does not need normal residuals).
/// Refused as fit_least_squares.
[[nodiscard]] Result<Check> breusch_pagan(const Columns& inputs, std::span<const double> residuals);

/// Whether values are normal, with mean and variance estimated: A2 of Anderson & Darling, p by D'Agostino & Stephens
/// (1986, table 4.9). The statistic is A2 without the small-sample factor. Refused with less than eight values or if
/// all are equal.
[[nodiscard]] Result<Check> anderson_darling(std::span<const double> values);

struct LackOfFit {
    double statistic = 0; ///< F
    double fit_degrees_of_freedom = 0;
    double error_degrees_of_freedom = 0;
    double p = 1;
};

/// Whether a line is enough: what the line misses of the means of equal rows, against the spread of equal rows (pure
/// error; Draper & Smith 1998, 2.1). `residuals` are those of the least-squares fit on `inputs`.
/// Refused if no rows are equal, if there are too few different rows to miss anything, or if equal rows do not vary.
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] Result<LackOfFit> lack_of_fit(const Columns& inputs, std::span<const double> outcome,
                                            std::span<const double> residuals);

/// Whether the columns that `larger` has beside those of `smaller` explain more than chance does: F of the two fits of
/// the same outcome. Refused if `larger` has no more columns than `smaller`, or fits exactly.
[[nodiscard]] Result<Check> compare_fits(const LinearFit& smaller, const LinearFit& larger);

} // namespace mutation::stats
