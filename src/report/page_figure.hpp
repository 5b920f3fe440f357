#pragma once

#include "html.hpp"

#include <string>
#include <string_view>

namespace mutation::report {

/// A figure of the page. Its chart is drawn by the script, from report.json; without it the reader sees `still`.
struct PageFigure {
    std::string chart; ///< which function of the script draws it: `pareto`, `forest`, ...
    std::size_t group = 0;
    std::string title;
    std::string caption; ///< n, statistic, interval, exclusions
    std::string how_to_read;
    Html still; ///< drawn without the script; "" if there is none
};

[[nodiscard]] Html figure_html(const PageFigure& figure);

} // namespace mutation::report
