#pragma once

#include "mutation/stats/interval.hpp"

namespace mutation::stats {

/// An estimate whose error, divided by its standard error, follows Student's t. Value and standard error have the same
/// unit.
struct TEstimate {
    double value = 0;
    double standard_error = 0;
    double degrees_of_freedom = 1;
};

/// A ratio with its interval; both are positive and have no unit.
struct Ratio {
    double value = 1;
    Interval interval{1, 1};
};

/// Two-sided interval of the given level (.95 for 95 %).
[[nodiscard]] Interval t_interval(const TEstimate& estimate, double level = .95);

/// Two-sided p of "the true value is 0". With a standard error of 0: 1 for an estimate of 0, else 0.
[[nodiscard]] double t_p_value(const TEstimate& estimate);

/// Two one-sided tests (Schuirmann 1987): p of "the true value is outside the margin". At most alpha exactly if the
/// interval of level 1 - 2 alpha is inside the margin.
[[nodiscard]] double tost_p_value(const TEstimate& estimate, const Interval& margin);

/// exp(step * estimate) with its interval: the ratio that belongs to a difference of logarithms. A step of ln 2 turns
/// the slope of a log-log line into a ratio per doubling.
[[nodiscard]] Ratio to_ratio(const TEstimate& log_estimate, double step = 1, double level = .95);

} // namespace mutation::stats
