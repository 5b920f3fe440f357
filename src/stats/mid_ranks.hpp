#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mutation::stats {

/// Ranks of a sample, equal values sharing the mean of their ranks. Doubled, so that they are whole numbers: the ranks
/// 1, 2.5, 2.5 are 2, 5, 5.
struct DoubledRanks {
    std::vector<std::size_t> ranks; ///< in the order of the values
    double tie_term = 0;            ///< sum of t^3 - t over the sets of t equal values
};

[[nodiscard]] DoubledRanks doubled_ranks(std::span<const double> values);

} // namespace mutation::stats
