#pragma once

#include "mutation/stats/result.hpp"

#include <cstddef>
#include <span>

namespace mutation::stats {

/// How a p value was computed.
enum class Method {
    exact,  ///< from all permutations of the (mid) ranks
    normal, ///< approximation by the normal distribution, corrected for ties and continuity
};

struct MannWhitney {
    double u = 0;            ///< pairs with b > a, plus half of the pairs with b = a; in [0, n_a n_b]
    double cliffs_delta = 0; ///< P(b > a) - P(b < a), in [-1, 1] (Cliff 1993)
    double p = 1;            ///< two-sided: a U at least as far from its expectation
    Method method = Method::exact;
};

struct SignedRank {
    double w_plus = 0; ///< sum of the ranks of the positive differences
    std::size_t n = 0; ///< differences that are not 0
    double p = 1;      ///< two-sided; 1 if all differences are 0
    Method method = Method::exact;
};

/// The most values that are tested by all permutations: both samples together, or the differences that are not 0.
inline constexpr std::size_t kExactRankLimit = 50;

/// Mann & Whitney (1947). Equal values share the mean of their ranks, and the exact p then is that of the permutations
/// of these ranks. Refused if a sample is empty.
[[nodiscard]] Result<MannWhitney> mann_whitney(std::span<const double> a, std::span<const double> b);

/// Wilcoxon's (1945) signed-rank test of paired differences. Differences of 0 are left out; equal |differences| share
/// the mean of their ranks. Refused if there is no difference.
[[nodiscard]] Result<SignedRank> signed_rank(std::span<const double> differences);

} // namespace mutation::stats
