#include "effect_figures.hpp"

#include "figure_axis.hpp"
#include "number_text.hpp"
#include "page_parts.hpp"
#include "svg_canvas.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::report {

namespace {

constexpr double kFigureWidth = 640;
constexpr double kLabelWidth = 170; ///< left of the plot
constexpr double kValueWidth = 140; ///< right of it
constexpr double kRowHeight = 38;
constexpr double kHeadHeight = 30;
constexpr double kAxisHeight = 52; ///< axis with its name
constexpr SvgPaint kAxisPaint{kFigureGrey};

void draw_bottom_axis(SvgCanvas& canvas, const FigureAxis& axis, double left, double right, double y,
                      const std::string& name) {
    canvas.line({left, y}, {right, y}, kAxisPaint);
    for (const AxisTick& tick : axis.ticks()) {
        const double x = axis.place(tick.value);
        canvas.line({x, y}, {x, y + 5}, kAxisPaint);
        canvas.text({x, y + 19}, tick.label, {12, SvgAnchor::middle});
    }
    canvas.text({(left + right) / 2, y + 42}, name, {13, SvgAnchor::middle});
}

/// Name and step of the term of row `row`.
void draw_term(SvgCanvas& canvas, std::size_t row, const std::string& hyperparameter, const std::string& step) {
    const double y = kHeadHeight + kRowHeight * (static_cast<double>(row) + .5);
    canvas.text({kLabelWidth - 10, y - 1}, shorten_label(hyperparameter, 22), {12, SvgAnchor::end, kFigureInk, "bold"});
    canvas.text({kLabelWidth - 10, y + 13}, shorten_label(step, 26), {11, SvgAnchor::end, kFigureGrey});
}

double row_middle(std::size_t row) {
    return kHeadHeight + kRowHeight * (static_cast<double>(row) + .5);
}

void draw_no_change(SvgCanvas& canvas, const FigureAxis& axis, double bottom) {
    canvas.line({axis.place(1), kHeadHeight}, {axis.place(1), bottom}, {kFigureGrey, "none", 1, "4 3"});
}

void draw_estimate(SvgCanvas& canvas, const FigureAxis& axis, const Effect& effect, double y) {
    const SvgPaint stroke{kFigureBlue, "none", 2};
    const double low = axis.place(effect.ratio->interval.low);
    const double high = axis.place(effect.ratio->interval.high);
    canvas.line({low, y}, {high, y}, stroke);
    canvas.line({low, y - 4}, {low, y + 4}, stroke);
    canvas.line({high, y - 4}, {high, y + 4}, stroke);
    canvas.rectangle({axis.place(effect.ratio->value) - 5, y - 5}, 10, 10,
                     {kFigureBlue, effect.p_holm < kShownSignificance ? kFigureBlue : "#ffffff", 2});
    canvas.text({kFigureWidth - kValueWidth + 12, y + 4}, ratio_words(*effect.ratio));
}

/// The parts of a bar: longer and more watts.
struct SplitRow {
    const Effect* energy = nullptr;
    const Effect* duration = nullptr;
    const Effect* power = nullptr;
};

std::vector<SplitRow> split_rows(const Analyses& analyses) {
    std::vector<SplitRow> rows;
    for (const Split& split : analyses.splits) {
        SplitRow row;
        for (const Effect& effect : analyses.effects) {
            if (effect.hyperparameter != split.hyperparameter || effect.term != split.term ||
                effect.level != split.level || !effect.ratio) {
                continue;
            }
            const Effect*& part = effect.outcome == "energy"  ? row.energy
                                  : effect.outcome == "power" ? row.power
                                                              : row.duration;
            if (effect.outcome == "energy" || effect.outcome == "duration" || effect.outcome == "power") {
                part = &effect;
            }
        }
        if (row.energy && row.duration && row.power) {
            rows.push_back(row);
        }
    }
    return rows;
}

/// A part of a bar from the ratio `from`, `times` as long or short. Returns where it ends.
double draw_part(SvgCanvas& canvas, const FigureAxis& axis, double from, double times, double y,
                 std::string_view fill) {
    constexpr double kHalf = 8;
    const double start = axis.place(from);
    const double end = axis.place(from * times);
    canvas.rectangle({std::min(start, end), y - kHalf}, std::abs(end - start), 2 * kHalf, {"#ffffff", fill, .5});
    return from * times;
}

/// Both parts: those of one direction one after the other, those of two directions on both sides of 1.
void draw_bar(SvgCanvas& canvas, const FigureAxis& axis, const SplitRow& row, double y) {
    const double duration = row.duration->ratio->value;
    const double power = row.power->ratio->value;
    const double end = draw_part(canvas, axis, 1, duration, y, kFigureBlue);
    draw_part(canvas, axis, (duration > 1) == (power > 1) ? end : 1, power, y, kFigureOrange);
}

void draw_legend(SvgCanvas& canvas, double x, std::string_view colour, std::string_view name) {
    canvas.rectangle({x, 6}, 12, 12, {"none", colour});
    canvas.text({x + 18, 16}, name);
}

std::vector<double> bar_ends(const std::vector<SplitRow>& rows) {
    std::vector<double> ends{1};
    for (const SplitRow& row : rows) {
        const double duration = row.duration->ratio->value;
        const double power = row.power->ratio->value;
        ends.insert(ends.end(), {duration, power});
        if ((duration > 1) == (power > 1)) {
            ends.push_back(duration * power);
        }
    }
    return ends;
}

} // namespace

std::string forest_svg(const Group& group) {
    std::vector<const Effect*> effects;
    std::vector<double> ends{1};
    for (const Effect& effect : group.analyses.effects) {
        if (effect.outcome == group.cost_name() && effect.ratio) {
            effects.push_back(&effect);
            ends.insert(ends.end(), {effect.ratio->interval.low, effect.ratio->interval.high});
        }
    }
    if (effects.empty()) {
        return "";
    }
    const double bottom = kHeadHeight + kRowHeight * static_cast<double>(effects.size());
    SvgCanvas canvas(kFigureWidth, bottom + kAxisHeight, "What drives " + group.cost_name() + ": " + group_name(group));
    const FigureAxis axis(AxisScale::logarithmic, ends, kLabelWidth, kFigureWidth - kValueWidth);
    canvas.text({kFigureWidth - kValueWidth + 12, 18}, "ratio [95 % interval]", {12, SvgAnchor::start, kFigureGrey});
    draw_no_change(canvas, axis, bottom);
    for (std::size_t row = 0; row < effects.size(); ++row) {
        draw_term(canvas, row, effects[row]->hyperparameter, effects[row]->ratio_text);
        draw_estimate(canvas, axis, *effects[row], row_middle(row));
    }
    draw_bottom_axis(canvas, axis, kLabelWidth, kFigureWidth - kValueWidth, bottom,
                     "ratio of " + group.cost_name() + " (log scale)");
    return canvas.str();
}

std::string stacked_svg(const Group& group) {
    const std::vector<SplitRow> rows = split_rows(group.analyses);
    if (rows.empty()) {
        return "";
    }
    const double bottom = kHeadHeight + kRowHeight * static_cast<double>(rows.size());
    SvgCanvas canvas(kFigureWidth, bottom + kAxisHeight, "Longer, or more watts: " + group_name(group));
    const FigureAxis axis(AxisScale::logarithmic, bar_ends(rows), kLabelWidth, kFigureWidth - kValueWidth);
    draw_legend(canvas, kLabelWidth, kFigureBlue, "longer");
    draw_legend(canvas, kLabelWidth + 90, kFigureOrange, "more watts");
    canvas.text({kFigureWidth - kValueWidth + 12, 18}, "ratio of energy", {12, SvgAnchor::start, kFigureGrey});
    for (std::size_t row = 0; row < rows.size(); ++row) {
        draw_term(canvas, row, rows[row].energy->hyperparameter, rows[row].energy->ratio_text);
        draw_bar(canvas, axis, rows[row], row_middle(row));
        canvas.text({kFigureWidth - kValueWidth + 12, row_middle(row) + 4}, ratio_words(*rows[row].energy->ratio));
    }
    draw_no_change(canvas, axis, bottom);
    draw_bottom_axis(canvas, axis, kLabelWidth, kFigureWidth - kValueWidth, bottom, "ratio of energy (log scale)");
    return canvas.str();
}

} // namespace mutation::report
