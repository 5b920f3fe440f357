#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/interval.hpp"
#include "mutation/stats/random.hpp"
#include "mutation/stats/result.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace mutation::stats {

/// Input columns that belong to terms: the columns of one term enter a model together.
struct GroupedInputs {
    Columns columns;
    std::vector<std::size_t> term_of_column; ///< from 0, without gaps; one for each column
};

/// What one term explains.
struct Share {
    double share = 0;                 ///< of the outcome's variance, in [0, 1]
    std::optional<Interval> interval; ///< percentiles of the bootstrap; absent without draws
};

struct Importance {
    double r2 = 0;
    std::vector<Share> terms; ///< their shares sum to r2
};

/// The most terms that shares are computed for: all 2^terms models are fitted.
inline constexpr std::size_t kMostTerms = 16;

/// Shares of R2 by Lindeman, Merenda & Gold (1980), which are Shapley values: the mean gain in R2 when the term enters,
/// over all orders of entry. Exact, through the R2 of all subsets; one Importance for each outcome.
/// The interval comes from case resamples: rows are drawn with replacement, the same rows for all outcomes.
/// Collinear columns are allowed: what they explain together is shared.
/// Refused if there is no input, a number is not finite, an outcome or column is constant, there are less than three
/// rows, or more than kMostTerms terms.
[[nodiscard]] Result<std::vector<Importance>> shares_of_r2(const GroupedInputs& inputs, const Columns& outcomes,
                                                           const Resampling& bootstrap, double level = .95);

} // namespace mutation::stats
