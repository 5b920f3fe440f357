#pragma once

#include "mutation/report/report.hpp"

#include <string>

/// Figures for papers, as SVG: fonts as text, no script, no style sheet, so that LaTeX (by Inkscape or rsvg-convert)
/// and Word take them. "" if there is nothing to draw. They show the analyses without flagged runs.
namespace mutation::report {

/// Ratio of the group's cost for each term, with its 95 % interval, on a logarithmic axis.
[[nodiscard]] std::string forest_svg(const Group& group);
/// Cost against the first metric that has points; the front is a line.
[[nodiscard]] std::string pareto_svg(const Group& group);
/// What each term does to energy, as longer duration and more power, on a logarithmic axis.
[[nodiscard]] std::string stacked_svg(const Group& group);

} // namespace mutation::report
