#include "page_figure.hpp"

#include "page_parts.hpp"

namespace mutation::report {

Html figure_html(const PageFigure& figure) {
    const std::string id = figure.chart + id_suffix(figure.group);
    Html content =
        element("div", {{"class", "figure-head"}}, element("h3", {{"id", id + "-title"}}, text(figure.title)));
    const std::string has_still = figure.still.empty() ? "chart-only" : "still";
    content += element("div", {{"class", "plot " + has_still}}, element("div", {{"class", "svg"}}, figure.still));
    content += element("figcaption", text(figure.caption));
    content += collapsed("How to read this", paragraph(figure.how_to_read));
    return element("figure",
                   {{"id", "figure-" + id},
                    {"data-chart", figure.chart},
                    {"data-group", std::to_string(figure.group)},
                    {"aria-labelledby", id + "-title"}},
                   content);
}

} // namespace mutation::report
