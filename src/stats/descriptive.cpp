#include "mutation/stats/descriptive.hpp"

#include "contract.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace mutation::stats {

double mean(std::span<const double> values) {
    require(!values.empty(), "stats: the mean of an empty sample");
    const auto count = static_cast<double>(values.size());
    return std::accumulate(values.begin(), values.end(), 0.0) / count;
}

bool varies(std::span<const double> values) {
    require(!values.empty(), "stats: the spread of an empty sample");
    return std::any_of(values.begin(), values.end(), [&](double value) { return value != values.front(); });
}

double sum_of_squares(std::span<const double> values) {
    if (!varies(values)) { // the rounded mean of equal values may differ from them
        return 0;
    }
    const double center = mean(values);
    double sum = 0;
    for (const double value : values) {
        sum += (value - center) * (value - center);
    }
    return sum;
}

double sample_variance(std::span<const double> values) {
    require(values.size() > 1, "stats: the variance needs two values");
    return sum_of_squares(values) / static_cast<double>(values.size() - 1);
}

double geometric_mean(std::span<const double> values) {
    std::vector<double> logarithms;
    logarithms.reserve(values.size());
    for (const double value : values) {
        require(value > 0, "stats: the geometric mean needs positive values");
        logarithms.push_back(std::log(value));
    }
    return std::exp(mean(logarithms));
}

double quantile(std::span<const double> values, double q) {
    require(!values.empty(), "stats: a quantile of an empty sample");
    require(q >= 0 && q <= 1, "stats: a quantile must be in [0, 1]");
    std::vector<double> sorted(values.begin(), values.end());
    const double position = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(position);
    std::nth_element(sorted.begin(), sorted.begin() + below, sorted.end());
    const double low = sorted[static_cast<std::size_t>(below)];
    const double fraction = position - static_cast<double>(below);
    if (fraction == 0) {
        return low;
    }
    return low + fraction * (*std::min_element(sorted.begin() + below + 1, sorted.end()) - low);
}

double median(std::span<const double> values) {
    return quantile(values, .5);
}

double median_absolute_deviation(std::span<const double> values) {
    const double center = median(values);
    std::vector<double> distances;
    distances.reserve(values.size());
    for (const double value : values) {
        distances.push_back(std::abs(value - center));
    }
    return median(distances);
}

Interval percentile_interval(std::span<const double> draws, double level) {
    return {quantile(draws, (1 - level) / 2), quantile(draws, (1 + level) / 2)};
}

} // namespace mutation::stats
