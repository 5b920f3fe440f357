#include "mutation/stats/association.hpp"

#include "contract.hpp"
#include "mid_ranks.hpp"
#include "mutation/stats/descriptive.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace mutation::stats {

namespace {

/// In four sums, since each addition has to wait for the one before it.
double dot(std::span<const double> a, std::span<const double> b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    std::size_t i = 0;
    for (; i + 4 <= a.size(); i += 4) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i + 1];
        s2 += a[i + 2] * b[i + 2];
        s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.size(); ++i) {
        s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
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

/// [k][j]: p of |xs[j] . ys[k]| when the rows of all ys are brought into random orders. All are centred.
std::vector<std::vector<double>> permutation_p(const Columns& xs, const Columns& ys, const Resampling& permutations) {
    const std::size_t rows = ys.front().size();
    std::vector<std::vector<double>> observed(ys.size());
    for (std::size_t k = 0; k < ys.size(); ++k) {
        for (const auto& x : xs) {
            const double rounding = 1e-12 * std::sqrt(dot(x, x) * dot(ys[k], ys[k]));
            observed[k].push_back(std::abs(dot(x, ys[k])) - rounding);
        }
    }
    std::vector<std::vector<double>> as_extreme(ys.size(), std::vector<double>(xs.size(), 0));
    std::vector<double> order(rows);
    std::iota(order.begin(), order.end(), 0.0);
    std::vector<double> y(rows);
    Random random(permutations.seed);
    for (std::size_t draw = 0; draw < permutations.draws; ++draw) {
        random.shuffle(order);
        for (std::size_t k = 0; k < ys.size(); ++k) {
            for (std::size_t i = 0; i < rows; ++i) {
                y[i] = ys[k][static_cast<std::size_t>(order[i])];
            }
            for (std::size_t j = 0; j < xs.size(); ++j) {
                as_extreme[k][j] += std::abs(dot(xs[j], y)) >= observed[k][j] ? 1 : 0;
            }
        }
    }
    for (std::vector<double>& counts : as_extreme) {
        for (double& count : counts) {
            count = (count + 1) / (static_cast<double>(permutations.draws) + 1);
        }
    }
    return as_extreme;
}

bool can_vary(std::span<const double> values) {
    return !values.empty() && varies(values);
}

} // namespace

std::vector<std::optional<Association>> spearman(const Columns& inputs, std::span<const double> outcome,
                                                 const Resampling& permutations) {
    return spearman_of_each(inputs, {{outcome.begin(), outcome.end()}}, permutations).front();
}

std::vector<std::vector<std::optional<Association>>> spearman_of_each(const Columns& inputs, const Columns& outcomes,
                                                                      const Resampling& permutations) {
    require(!outcomes.empty(), "stats: there is no outcome");
    Columns xs;
    Columns ys;
    for (const auto& input : inputs) {
        require(input.size() == outcomes.front().size(), "stats: a column and the outcome differ in length");
        xs.push_back(centered_ranks(input));
    }
    for (const auto& outcome : outcomes) {
        require(outcome.size() == outcomes.front().size(), "stats: two outcomes differ in length");
        ys.push_back(centered_ranks(outcome));
    }
    const auto p = permutation_p(xs, ys, permutations);
    std::vector<std::vector<std::optional<Association>>> result(ys.size());
    for (std::size_t k = 0; k < ys.size(); ++k) {
        result[k].resize(xs.size());
        for (std::size_t j = 0; can_vary(outcomes[k]) && j < xs.size(); ++j) {
            if (varies(inputs[j])) {
                const double scale = std::sqrt(dot(xs[j], xs[j]) * dot(ys[k], ys[k]));
                result[k][j] = Association{dot(xs[j], ys[k]) / scale, p[k][j]};
            }
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
    return Association{slope, permutation_p({centered_x}, {centered_y}, permutations).front().front()};
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
