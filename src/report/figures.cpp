#include "mutation/report/figures.hpp"

#include "effect_figures.hpp"
#include "pareto_figure.hpp"

namespace mutation::report {

std::vector<FigureFile> make_figures(const Report& report) {
    std::vector<FigureFile> figures;
    const auto add = [&](const std::string& name, std::string svg) {
        if (!svg.empty()) {
            figures.push_back({name, std::move(svg)});
        }
    };
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const Group& group = report.groups[i];
        // A number for each group: names of groups are too long and too hostile for files.
        const std::string number = "_" + std::to_string(i + 1);
        add("forest" + number, forest_svg(group));
        add("pareto" + number, pareto_svg(group));
        add("stacked" + number, stacked_svg(group));
    }
    return figures;
}

} // namespace mutation::report
