#include "mutation/report/figures.hpp"

#include "effect_figures.hpp"
#include "page_parts.hpp"
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
        add("forest" + id_suffix(i), forest_svg(group));
        add("pareto" + id_suffix(i), pareto_svg(group));
        add("stacked" + id_suffix(i), stacked_svg(group));
    }
    return figures;
}

} // namespace mutation::report
