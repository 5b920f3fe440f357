#pragma once

#include "mutation/report/report.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

/// What the names of figures begin with; `_` and the group's number follow.
inline constexpr std::array<std::string_view, 3> kFigureKinds{"forest", "pareto", "stacked"};

/// A figure for papers, as SVG: fonts as text, no script, no style sheet, so that LaTeX (by Inkscape or rsvg-convert)
/// and Word take it.
struct FigureFile {
    std::string name; ///< of the file, without `.svg`: `forest_1`, `pareto_2`, with the number of the group
    std::string svg;
};

/// Forest plot, Pareto front and stacked bars of each group, without flagged runs in the models. What has nothing to
/// draw is left out.
[[nodiscard]] std::vector<FigureFile> make_figures(const Report& report);

} // namespace mutation::report
