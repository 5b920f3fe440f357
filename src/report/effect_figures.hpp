#pragma once

#include "mutation/report/report.hpp"

#include <string>

namespace mutation::report {

/// Ratio of the group's cost for each term, with its 95 % interval, on a logarithmic axis. "" without effects.
[[nodiscard]] std::string forest_svg(const Group& group);
/// What each term does to energy, as longer duration and more power, on a logarithmic axis. "" without effects on
/// energy.
[[nodiscard]] std::string stacked_svg(const Group& group);

} // namespace mutation::report
