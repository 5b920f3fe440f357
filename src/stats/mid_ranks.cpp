#include "mid_ranks.hpp"

#include <algorithm>
#include <numeric>

namespace mutation::stats {

DoubledRanks doubled_ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    DoubledRanks result;
    result.ranks.resize(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) {
            ++last;
        }
        for (std::size_t i = first; i <= last; ++i) {
            result.ranks[order[i]] = first + last + 2; // twice the mean of first + 1 and last + 1
        }
        const auto count = static_cast<double>(last - first + 1);
        result.tie_term += count * count * count - count;
        first = last + 1;
    }
    return result;
}

} // namespace mutation::stats
