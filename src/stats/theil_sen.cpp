#include "mutation/stats/theil_sen.hpp"

#include "contract.hpp"
#include "distributions.hpp"
#include "mutation/stats/descriptive.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mutation::stats {

namespace {

std::vector<double> pair_slopes(std::span<const double> x, std::span<const double> y) {
    std::vector<double> slopes;
    slopes.reserve(x.size() * (x.size() - 1) / 2);
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t k = i + 1; k < x.size(); ++k) {
            if (x[i] != x[k]) {
                slopes.push_back((y[k] - y[i]) / (x[k] - x[i]));
            }
        }
    }
    return slopes;
}

/// Sum over the sets of t equal values of t (t - 1) (2 t + 5).
double kendall_tie_term(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    double sum = 0;
    for (auto first = sorted.begin(); first != sorted.end();) {
        const auto last = std::upper_bound(first, sorted.end(), *first);
        const auto t = static_cast<double>(last - first);
        sum += t * (t - 1) * (2 * t + 5);
        first = last;
    }
    return sum;
}

double order_statistic(std::vector<double>& values, double index) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

} // namespace

Result<TheilSen> theil_sen(std::span<const double> x, std::span<const double> y, double level) {
    require(x.size() == y.size(), "stats: x and y differ in length");
    require(level > 0 && level < 1, "stats: the level of an interval must be in (0, 1)");
    if (x.size() > kMostTheilSenPoints) {
        return Refusal{"there are too many points for a line through the median slope", {}};
    }
    if (x.empty() || !varies(x)) {
        return Refusal{"a slope needs two different inputs", {}};
    }
    std::vector<double> slopes = pair_slopes(x, y);
    TheilSen line;
    line.slope = median(slopes);
    line.intercept = median(y) - line.slope * median(x);

    const auto n = static_cast<double>(x.size());
    const double variance = (n * (n - 1) * (2 * n + 5) - kendall_tie_term(x) - kendall_tie_term(y)) / 18;
    const double width = normal_quantile((1 + level) / 2) * std::sqrt(std::max(0.0, variance));
    const auto pairs = static_cast<double>(slopes.size());
    const double last = pairs - 1;
    // Sen's (1968) order statistics, from 0; rounded to even, as scipy and R's round do.
    const double upper = std::min(std::nearbyint((pairs + width) / 2), last);
    const double lower = std::max(std::nearbyint((pairs - width) / 2) - 1, 0.0);
    line.interval = {order_statistic(slopes, lower), order_statistic(slopes, upper)};
    return line;
}

} // namespace mutation::stats
