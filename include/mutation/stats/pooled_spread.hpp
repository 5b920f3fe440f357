#pragma once

#include "mutation/stats/columns.hpp"
#include "mutation/stats/interval.hpp"
#include "mutation/stats/result.hpp"

#include <cstddef>

namespace mutation::stats {

struct PooledSpread {
    double sd = 0;     ///< unit of the values
    Interval interval; ///< by the chi-square distribution, for normal values
    double degrees_of_freedom = 0;
    std::size_t groups = 0; ///< with at least two values
};

/// Standard deviation within groups, pooled over all groups with at least two values; `groups` may differ in length.
/// Refused if no group has two values.
[[nodiscard]] Result<PooledSpread> pooled_spread(const std::vector<std::vector<double>>& groups, double level = .95);

} // namespace mutation::stats
