#include "mutation/stats/t_estimate.hpp"

#include "contract.hpp"
#include "distributions.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::stats {

namespace {

/// P(T > distance / standard error); a standard error of 0 leaves no doubt.
double upper_p(double distance, const TEstimate& estimate) {
    if (estimate.standard_error > 0) {
        return t_upper(distance / estimate.standard_error, estimate.degrees_of_freedom);
    }
    return distance > 0 ? 0 : 1;
}

} // namespace

Interval t_interval(const TEstimate& estimate, double level) {
    require(level > 0 && level < 1, "stats: the level of an interval must be in (0, 1)");
    const double half = t_quantile((1 + level) / 2, estimate.degrees_of_freedom) * estimate.standard_error;
    return {estimate.value - half, estimate.value + half};
}

double t_p_value(const TEstimate& estimate) {
    return std::min(1.0, 2 * upper_p(std::abs(estimate.value), estimate));
}

double tost_p_value(const TEstimate& estimate, const Interval& margin) {
    require(margin.low < margin.high, "stats: the margin of an equivalence test is empty");
    return std::max(upper_p(estimate.value - margin.low, estimate), upper_p(margin.high - estimate.value, estimate));
}

Ratio to_ratio(const TEstimate& log_estimate, double step, double level) {
    const Interval interval = t_interval(log_estimate, level);
    const double low = std::exp(step * interval.low);
    const double high = std::exp(step * interval.high);
    return {std::exp(step * log_estimate.value), {std::min(low, high), std::max(low, high)}};
}

} // namespace mutation::stats
