#pragma once

#include "mutation/core/units.hpp"
#include "mutation/stats/interval.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <string>

/// Numbers for people: three significant digits, with their unit. In ASCII.
namespace mutation::report {

/// `4870`, `93.1`, `0.0213`; with an exponent below 0.0001 and from a million on.
[[nodiscard]] std::string show_number(double value);
/// `[1.88, 1.98]`
[[nodiscard]] std::string show_interval(const stats::Interval& interval);
/// `x1.93 [1.88, 1.98]`; near 1 with three decimals: `x1.004 [0.992, 1.016]`
[[nodiscard]] std::string show_ratio(const stats::Ratio& ratio);
/// `p < 0.001`, `p = 0.034`
[[nodiscard]] std::string show_p(double p);
/// `512 J`, `4.87 kJ`, `3.48 MJ`
[[nodiscard]] std::string show_joules(Joules energy);
/// `93.1 s`, `12.4 min`, `3.20 h`
[[nodiscard]] std::string show_time(Seconds time);
/// Of the unit J or s, as `cost_unit` names it.
[[nodiscard]] std::string show_cost(double cost, const std::string& unit);

} // namespace mutation::report
