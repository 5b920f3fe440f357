#include "mutation/stats/model_checks.hpp"

#include "contract.hpp"
#include "distributions.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

namespace mutation::stats {

namespace {

/// p of Anderson and Darling's statistic with the small-sample factor.
double anderson_darling_p(double a) {
    if (a < .2) {
        return 1 - std::exp(-13.436 + 101.14 * a - 223.73 * a * a);
    }
    if (a < .34) {
        return 1 - std::exp(-8.318 + 42.796 * a - 59.938 * a * a);
    }
    if (a < .6) {
        return std::exp(.9177 - 4.279 * a - 1.38 * a * a);
    }
    // The fitted curve turns upwards far beyond the values it was fitted to.
    return a <= 13 ? std::exp(1.2937 - 5.709 * a + .0186 * a * a) : 0;
}

double sum_of_residual_squares(const LinearFit& fit) {
    double sum = 0;
    for (const double residual : fit.residuals) {
        sum += residual * residual;
    }
    return sum;
}

/// The outcomes of each set of rows with equal inputs.
std::map<std::vector<double>, std::vector<double>> by_inputs(const Columns& inputs, std::span<const double> outcome) {
    std::map<std::vector<double>, std::vector<double>> sets;
    for (std::size_t i = 0; i < outcome.size(); ++i) {
        std::vector<double> key;
        for (const auto& column : inputs) {
            key.push_back(column[i]);
        }
        sets[key].push_back(outcome[i]);
    }
    return sets;
}

} // namespace

Result<Check> breusch_pagan(const Columns& inputs, std::span<const double> residuals) {
    std::vector<double> squares;
    for (const double residual : residuals) {
        squares.push_back(residual * residual);
    }
    const auto fit = fit_least_squares(inputs, squares);
    if (!fit) {
        return fit.refusal();
    }
    const double statistic = std::max(0.0, static_cast<double>(fit->n) * fit->r2);
    return Check{statistic, chi_squared_upper(statistic, static_cast<double>(fit->p))};
}

Result<Check> anderson_darling(std::span<const double> values) {
    if (values.size() < 8) {
        return Refusal{"the test for normality needs at least eight values", {}};
    }
    if (!varies(values)) {
        return Refusal{"all values are equal", {}};
    }
    const double center = mean(values);
    const double sd = std::sqrt(sample_variance(values));
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    constexpr double kSmallest = std::numeric_limits<double>::min(); // beyond 37 standard deviations the tail is 0
    double sum = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const double below = normal_cdf((sorted[i] - center) / sd);
        const double above = normal_cdf((center - sorted[sorted.size() - 1 - i]) / sd);
        sum += static_cast<double>(2 * i + 1) *
               (std::log(std::max(below, kSmallest)) + std::log(std::max(above, kSmallest)));
    }
    const auto n = static_cast<double>(sorted.size());
    const double statistic = -n - sum / n;
    return Check{statistic, anderson_darling_p(statistic * (1 + .75 / n + 2.25 / (n * n)))};
}

Result<LackOfFit> lack_of_fit(const Columns& inputs, std::span<const double> outcome,
                              std::span<const double> residuals) {
    require_rows(inputs, outcome.size());
    require(outcome.size() == residuals.size(), "stats: outcome and residuals differ in length");
    const auto sets = by_inputs(inputs, outcome);
    double pure_error = 0;
    for (const auto& [key, values] : sets) {
        pure_error += sum_of_squares(values);
    }
    double left = 0;
    for (const double residual : residuals) {
        left += residual * residual;
    }
    LackOfFit result;
    result.fit_degrees_of_freedom = static_cast<double>(sets.size()) - static_cast<double>(inputs.size() + 1);
    result.error_degrees_of_freedom = static_cast<double>(outcome.size() - sets.size());
    if (result.error_degrees_of_freedom < 1) {
        return Refusal{"no rows have equal inputs", {}};
    }
    if (result.fit_degrees_of_freedom < 1) {
        return Refusal{"there are too few different rows to see more than a line", {}};
    }
    if (!(pure_error > 0)) {
        return Refusal{"rows with equal inputs do not vary", {}};
    }
    result.statistic = std::max(0.0, left - pure_error) / result.fit_degrees_of_freedom /
                       (pure_error / result.error_degrees_of_freedom);
    result.p = f_upper(result.statistic, result.fit_degrees_of_freedom, result.error_degrees_of_freedom);
    return result;
}

Result<Check> compare_fits(const LinearFit& smaller, const LinearFit& larger) {
    if (larger.p <= smaller.p) {
        return Refusal{"there is no further column", {}};
    }
    const auto added = static_cast<double>(larger.p - smaller.p);
    const double left = sum_of_residual_squares(larger);
    if (!(left > 0)) {
        return Refusal{"the larger model fits exactly", {}};
    }
    const double gained = std::max(0.0, sum_of_residual_squares(smaller) - left);
    const double statistic = gained / added / (left / larger.degrees_of_freedom());
    return Check{statistic, f_upper(statistic, added, larger.degrees_of_freedom())};
}

} // namespace mutation::stats
