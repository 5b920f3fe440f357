#include "mutation/stats/association.hpp"

#include "contract.hpp"
#include "mid_ranks.hpp"
#include "mutation/stats/descriptive.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace mutation::stats {

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::vector<double> centered(std::span<const double> values) {
    const double center = mean(values);
    std::vector<double> result(values.begin(), values.end());
    for (double& value : result) {
        value -= center;
    }
    return result;
}

/// Doubled mid ranks about their mean: whole numbers, so that products are exact.
std::vector<double> centered_ranks(std::span<const double> values) {
    std::vector<double> result;
    result.reserve(values.size());
    for (const std::size_t rank : doubled_ranks(values).ranks) {
        result.push_back(static_cast<double>(rank) - static_cast<double>(values.size() + 1));
    }
    return result;
}

/// For each x: p of |x . y| when y is brought into random orders. Both are centred.
std::vector<double> permutation_p(const Columns& xs, std::vector<double> y, const Resampling& permutations) {
    std::vector<double> observed;
    for (const auto& x : xs) {
        const double rounding = 1e-12 * std::sqrt(dot(x, x) * dot(y, y));
        observed.push_back(std::abs(dot(x, y)) - rounding);
    }
    std::vector<std::size_t> as_extreme(xs.size(), 0);
    Random random(permutations.seed);
    for (std::size_t draw = 0; draw < permutations.draws; ++draw) {
        random.shuffle(y);
        for (std::size_t j = 0; j < xs.size(); ++j) {
            as_extreme[j] += std::abs(dot(xs[j], y)) >= observed[j] ? 1 : 0;
        }
    }
    std::vector<double> p;
    for (const std::size_t count : as_extreme) {
        p.push_back(static_cast<double>(count + 1) / static_cast<double>(permutations.draws + 1));
    }
    return p;
}

bool can_vary(std::span<const double> values) {
    return !values.empty() && varies(values);
}

} // namespace

std::vector<std::optional<Association>> spearman(const Columns& inputs, std::span<const double> outcome,
                                                 const Resampling& permutations) {
    require_rows(inputs, outcome.size());
    std::vector<std::optional<Association>> result(inputs.size());
    if (!can_vary(outcome)) {
        return result;
    }
    const std::vector<double> y = centered_ranks(outcome);
    Columns xs;
    for (const auto& input : inputs) {
        xs.push_back(centered_ranks(input));
    }
    const std::vector<double> p = permutation_p(xs, y, permutations);
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        if (varies(inputs[j])) {
            result[j] = Association{dot(xs[j], y) / std::sqrt(dot(xs[j], xs[j]) * dot(y, y)), p[j]};
        }
    }
    return result;
}

std::optional<Association> permuted_slope(std::span<const double> x, std::span<const double> y,
                                          const Resampling& permutations) {
    require(x.size() == y.size(), "stats: x and y differ in length");
    if (!can_vary(x) || !can_vary(y)) {
        return std::nullopt;
    }
    const std::vector<double> centered_x = centered(x);
    const std::vector<double> centered_y = centered(y);
    const double slope = dot(centered_x, centered_y) / dot(centered_x, centered_x);
    return Association{slope, permutation_p({centered_x}, centered_y, permutations).front()};
}

std::optional<double> lag1_autocorrelation(std::span<const double> series) {
    if (series.size() < 3 || !varies(series)) {
        return std::nullopt;
    }
    const std::vector<double> deviations = centered(series);
    const std::span<const double> all(deviations);
    return dot(all.first(all.size() - 1), all.subspan(1)) / dot(all, all);
}

} // namespace mutation::stats
