#include "mutation/stats/mean_difference.hpp"

#include "mutation/stats/descriptive.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mutation::stats {

namespace {

bool all_positive(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

std::vector<double> logarithms(std::span<const double> values) {
    std::vector<double> result;
    result.reserve(values.size());
    for (const double value : values) {
        result.push_back(std::log(value));
    }
    return result;
}

} // namespace

Result<TEstimate> estimate_mean(std::span<const double> values) {
    if (values.size() < 2) {
        return Refusal{"the spread of a mean needs at least two values", {}};
    }
    const auto count = static_cast<double>(values.size());
    const double variance = sample_variance(values) / count;
    if (!(variance > 0)) {
        return Refusal{"all values are equal", {}};
    }
    return TEstimate{mean(values), std::sqrt(variance), count - 1};
}

Result<TEstimate> welch_difference(std::span<const double> a, std::span<const double> b) {
    if (a.size() < 2 || b.size() < 2) {
        return Refusal{"each side needs at least two values", {}};
    }
    const auto freedom_a = static_cast<double>(a.size() - 1);
    const auto freedom_b = static_cast<double>(b.size() - 1);
    const double variance_a = sample_variance(a) / static_cast<double>(a.size());
    const double variance_b = sample_variance(b) / static_cast<double>(b.size());
    const double variance = variance_a + variance_b;
    if (!(variance > 0)) {
        return Refusal{"the values of each side are all equal", {}};
    }
    // As parts of the sum: the squares of tiny variances would underflow.
    const double part_a = variance_a / variance;
    const double part_b = variance_b / variance;
    const double freedom = 1 / (part_a * part_a / freedom_a + part_b * part_b / freedom_b);
    return TEstimate{mean(b) - mean(a), std::sqrt(variance), freedom};
}

Result<TEstimate> welch_log_ratio(std::span<const double> a, std::span<const double> b) {
    if (!all_positive(a) || !all_positive(b)) {
        return Refusal{"a ratio needs positive values", {}};
    }
    return welch_difference(logarithms(a), logarithms(b));
}

} // namespace mutation::stats
