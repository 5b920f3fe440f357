#include "mutation/stats/pooled_spread.hpp"

#include "contract.hpp"
#include "distributions.hpp"
#include "mutation/stats/descriptive.hpp"

#include <cmath>

namespace mutation::stats {

Result<PooledSpread> pooled_spread(const std::vector<std::vector<double>>& groups, double level) {
    require(level > 0 && level < 1, "stats: the level of an interval must be in (0, 1)");
    PooledSpread result;
    double squares = 0;
    for (const auto& group : groups) {
        if (group.size() > 1) {
            ++result.groups;
            result.degrees_of_freedom += static_cast<double>(group.size() - 1);
            squares += sum_of_squares(group);
        }
    }
    if (result.groups == 0) {
        return Refusal{"no configuration was run twice", {}};
    }
    const double freedom = result.degrees_of_freedom;
    result.sd = std::sqrt(squares / freedom);
    result.interval.low = std::sqrt(squares / chi_squared_quantile((1 + level) / 2, freedom));
    result.interval.high = std::sqrt(squares / chi_squared_quantile((1 - level) / 2, freedom));
    return result;
}

} // namespace mutation::stats
