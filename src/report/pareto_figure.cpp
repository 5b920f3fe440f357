#include "pareto_figure.hpp"

#include "figure_axis.hpp"
#include "page_parts.hpp"
#include "svg_canvas.hpp"

#include <algorithm>
#include <optional>

namespace mutation::report {

namespace {

constexpr double kParetoWidth = 640;
constexpr double kParetoHeight = 420;
constexpr double kPlotLeft = 78;
constexpr double kPlotRight = 620;
constexpr double kPlotTop = 34;
constexpr double kPlotBottom = 362;

std::vector<SvgPoint> diamond(SvgPoint at) {
    constexpr double kSize = 6.5;
    return {{at.x, at.y - kSize}, {at.x + kSize, at.y}, {at.x, at.y + kSize}, {at.x - kSize, at.y}};
}

std::vector<SvgPoint> triangle(SvgPoint at) {
    constexpr double kSize = 6.5;
    return {{at.x, at.y - kSize}, {at.x + kSize, at.y + kSize}, {at.x - kSize, at.y + kSize}};
}

/// Cost and metric of a flagged run; none if it has not both.
std::optional<std::pair<double, double>> flagged_point(const Group& group, const Run& run, const std::string& metric) {
    const auto value = run.metrics.find(metric);
    if (run.flags.empty() || run.is_control || value == run.metrics.end()) {
        return std::nullopt;
    }
    if (group.energy_parts.empty()) {
        return run.duration ? std::optional(std::pair(run.duration->count(), value->second)) : std::nullopt;
    }
    return run.energy ? std::optional(std::pair(run.energy->value(), value->second)) : std::nullopt;
}

struct ParetoPlane {
    FigureAxis x;
    FigureAxis y;

    [[nodiscard]] SvgPoint at(double cost, double metric) const { return {x.place(cost), y.place(metric)}; }
};

void draw_front(SvgCanvas& canvas, const ParetoPlane& plane, const Pareto& pareto) {
    std::vector<const ParetoPoint*> front;
    for (const ParetoPoint& point : pareto.points) {
        if (point.is_on_front) {
            front.push_back(&point);
        }
    }
    std::sort(front.begin(), front.end(), [](const ParetoPoint* a, const ParetoPoint* b) { return a->cost < b->cost; });
    std::vector<SvgPoint> steps;
    for (const ParetoPoint* point : front) {
        const SvgPoint at = plane.at(point->cost, point->metric);
        if (!steps.empty()) {
            steps.push_back({at.x, steps.back().y});
        }
        steps.push_back(at);
    }
    canvas.lines(steps, {kFigureBlue, "none", 1.5});
}

void draw_points(SvgCanvas& canvas, const ParetoPlane& plane, const Pareto& pareto) {
    constexpr double kLikely = .5;
    for (const ParetoPoint& point : pareto.points) {
        if (!point.is_on_front) {
            canvas.circle(plane.at(point.cost, point.metric), 3.5, {"none", kFigureGrey});
        }
    }
    for (const ParetoPoint& point : pareto.points) {
        if (point.is_on_front) {
            canvas.polygon(diamond(plane.at(point.cost, point.metric)),
                           {kFigureBlue, point.front_probability < kLikely ? "#ffffff" : kFigureBlue, 1.5});
        }
    }
}

void draw_pareto_legend(SvgCanvas& canvas) {
    constexpr double kY = 14;
    canvas.circle({kPlotLeft + 6, kY - 4}, 3.5, {"none", kFigureGrey});
    canvas.text({kPlotLeft + 16, kY}, "dominated");
    canvas.polygon(diamond({kPlotLeft + 106, kY - 4}), {kFigureBlue, kFigureBlue, 1.5});
    canvas.text({kPlotLeft + 118, kY}, "on the front");
    canvas.polygon(diamond({kPlotLeft + 216, kY - 4}), {kFigureBlue, "#ffffff", 1.5});
    canvas.text({kPlotLeft + 228, kY}, "on the front, uncertain");
    canvas.polygon(triangle({kPlotLeft + 386, kY - 4}), {kFigureOrange, "#ffffff", 1.5});
    canvas.text({kPlotLeft + 398, kY}, "flagged");
}

void draw_axes(SvgCanvas& canvas, const ParetoPlane& plane, const std::string& x_name, const std::string& y_name) {
    const SvgPaint paint{kFigureGrey};
    canvas.lines({{kPlotLeft, kPlotTop}, {kPlotLeft, kPlotBottom}, {kPlotRight, kPlotBottom}}, paint);
    for (const AxisTick& tick : plane.x.ticks()) {
        const double x = plane.x.place(tick.value);
        canvas.line({x, kPlotBottom}, {x, kPlotBottom + 5}, paint);
        canvas.text({x, kPlotBottom + 19}, tick.label, {12, SvgAnchor::middle});
    }
    for (const AxisTick& tick : plane.y.ticks()) {
        const double y = plane.y.place(tick.value);
        canvas.line({kPlotLeft - 5, y}, {kPlotLeft, y}, paint);
        canvas.text({kPlotLeft - 9, y + 4}, tick.label, {12, SvgAnchor::end});
    }
    canvas.text({(kPlotLeft + kPlotRight) / 2, kPlotBottom + 44}, x_name, {13, SvgAnchor::middle});
    SvgText upright{13, SvgAnchor::middle};
    upright.turn = -90;
    canvas.text({18, (kPlotTop + kPlotBottom) / 2}, shorten_label(y_name, 40), upright);
}

} // namespace

std::string pareto_svg(const Group& group) {
    constexpr double kWideRange = 5;
    const auto& all = group.analyses.pareto;
    const auto pareto = std::find_if(all.begin(), all.end(), [](const Pareto& p) { return !p.points.empty(); });
    if (pareto == all.end()) {
        return "";
    }
    std::vector<std::pair<double, double>> flagged;
    std::vector<double> costs;
    std::vector<double> metrics;
    for (const Run& run : group.runs) {
        if (const auto point = flagged_point(group, run, pareto->metric)) {
            flagged.push_back(*point);
            costs.push_back(point->first);
            metrics.push_back(point->second);
        }
    }
    for (const ParetoPoint& point : pareto->points) {
        costs.push_back(point.cost);
        metrics.push_back(point.metric);
    }
    const auto [cheapest, dearest] = std::minmax_element(costs.begin(), costs.end());
    const bool is_wide = *cheapest > 0 && *dearest / *cheapest > kWideRange;
    const ParetoPlane plane{{is_wide ? AxisScale::logarithmic : AxisScale::linear, costs, kPlotLeft, kPlotRight},
                            {AxisScale::linear, metrics, kPlotBottom, kPlotTop}};
    SvgCanvas canvas(kParetoWidth, kParetoHeight, "Which runs are worth it: " + group_name(group));
    draw_axes(canvas, plane, cost_heading(group) + (is_wide ? ", log scale" : ""), pareto->metric);
    draw_front(canvas, plane, *pareto);
    draw_points(canvas, plane, *pareto);
    for (const auto& [cost, metric] : flagged) {
        canvas.polygon(triangle(plane.at(cost, metric)), {kFigureOrange, "#ffffff", 1.5});
    }
    draw_pareto_legend(canvas);
    return canvas.str();
}

} // namespace mutation::report
