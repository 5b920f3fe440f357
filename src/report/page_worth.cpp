#include "effect_figures.hpp"
#include "mutation/core/text.hpp"
#include "number_text.hpp"
#include "page_figure.hpp"
#include "page_parts.hpp"
#include "pareto_figure.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <map>

namespace mutation::report {

namespace {

using RunsByKey = std::map<RunKey, const Run*>;

/// The value of a hyperparameter, numbers rounded: the table of runs has them exactly.
std::string rounded_value(const Run* run, const std::string& hyperparameter) {
    if (!run) {
        return kNoNumber;
    }
    const auto found = std::find_if(run->values.begin(), run->values.end(),
                                    [&](const Assignment& a) { return a.name == hyperparameter; });
    if (found == run->values.end() || !found->value) {
        return kNoNumber;
    }
    const double* number = std::get_if<double>(&*found->value);
    return number ? table_number(*number, 3) : to_argument(*found->value);
}

std::string pareto_sentence(const Pareto& pareto) {
    if (pareto.reason) {
        return "No front for " + pareto.metric + ": " + *pareto.reason;
    }
    if (!pareto.best) {
        return "";
    }
    const ParetoPoint& best = pareto.points[*pareto.best];
    std::string sentence = "Best " + pareto.metric + ": " + table_number(best.metric) + " for " +
                           table_number(best.cost) + (pareto.cost == "energy" ? " J." : " s.");
    if (pareto.cheapest_near_best && pareto.saving_percent && *pareto.cheapest_near_best != *pareto.best) {
        const ParetoPoint& cheap = pareto.points[*pareto.cheapest_near_best];
        sentence += " Within 1 point of the best: " + table_number(cheap.metric) + " for " + table_number(cheap.cost) +
                    (pareto.cost == "energy" ? " J" : " s") + ", which saves " +
                    table_number(*pareto.saving_percent, 2) + " %.";
    }
    if (pareto.hypervolume && pareto.reference) {
        sentence += " Hypervolume: " + table_number(*pareto.hypervolume) +
                    " (reference point: " + table_number(pareto.reference->low) + ", " +
                    table_number(pareto.reference->high) + ").";
    }
    return sentence;
}

std::vector<const ParetoPoint*> front_of(const Pareto& pareto) {
    std::vector<const ParetoPoint*> front;
    for (const ParetoPoint& point : pareto.points) {
        if (point.is_on_front) {
            front.push_back(&point);
        }
    }
    std::sort(front.begin(), front.end(), [](const ParetoPoint* a, const ParetoPoint* b) { return a->cost < b->cost; });
    return front;
}

Html front_table(const Group& group, const RunsByKey& runs, const Pareto& pareto) {
    const std::string unit = pareto.cost == "energy" ? "J" : "s";
    std::vector<HtmlColumn> columns{{pareto.cost + " (" + unit + ")", ColumnKind::number},
                                    {pareto.metric, ColumnKind::number},
                                    {"P(on the front)", ColumnKind::number},
                                    {unit + " per unit of " + pareto.metric + " to the next", ColumnKind::number}};
    const std::vector<std::string> inputs = varied_inputs(group);
    for (const std::string& input : inputs) {
        columns.push_back({input, ColumnKind::number});
    }
    columns.push_back({"runs"});
    HtmlTable table("Configurations on the front of " + pareto.cost + " and " + pareto.metric, columns);
    for (const ParetoPoint* point : front_of(pareto)) {
        std::vector<Html> cells{text(table_number(point->cost)), text(table_number(point->metric)),
                                text(table_number(point->front_probability, 2)),
                                text(table_number(point->cost_per_point, 3))};
        const auto run = point->runs.empty() ? runs.end() : runs.find(point->runs.front());
        for (const std::string& input : inputs) {
            cells.push_back(text(rounded_value(run == runs.end() ? nullptr : run->second, input)));
        }
        std::vector<std::string> names;
        for (const RunKey& key : point->runs) {
            names.push_back(key.experiment_id);
        }
        cells.push_back(text(join(names, ", ")));
        table.add_row(cells);
    }
    return table.html();
}

Html worth_content(const Group& group) {
    RunsByKey runs;
    for (const Run& run : group.runs) {
        runs[run.key] = &run;
    }
    return both_sets(group, [&](const Analyses& analyses) {
        Html html;
        for (const Pareto& pareto : analyses.pareto) {
            html += paragraph(pareto_sentence(pareto)) + front_table(group, runs, pareto);
        }
        return html.empty() ? paragraph("No metric was read, so that no run can be weighed against its cost.") : html;
    });
}

Html replicates_content(const Replicates& replicates) {
    if (replicates.reason) {
        return element("p", {{"class", "note"}},
                       text("The spread of like runs is not known: " + *replicates.reason + "."));
    }
    HtmlTable table("Smallest difference that can be told from noise (two-sided t test at 5 %, power 80 %)",
                    {{"runs a side"}, {"smallest ratio", ColumnKind::number}, {"as percent", ColumnKind::number}});
    for (const DetectableRatio& detectable : replicates.detectable) {
        table.add_row({text(std::to_string(detectable.n)), text(table_number(detectable.ratio)),
                       text(table_number((detectable.ratio - 1) * 100, 2))});
    }
    return paragraph(count_text(replicates.configurations, "configuration") +
                     " ran more than once. Like runs differ by " + table_number(replicates.cv_percent, 2) +
                     " % (CV of " + replicates.outcome + "); the standard deviation of the logarithm is " +
                     table_number(replicates.sd_log, 3) + " " + interval_text(replicates.sd_ci95) + ".") +
           table.html();
}

Html drift_content(const Drift& drift) {
    HtmlTable table("Did the machine change during the session? (" + drift.outcome + ")",
                    {{"trend"},
                     {"estimate", ColumnKind::number},
                     {"95 % interval", ColumnKind::number},
                     {"p", ColumnKind::number}});
    if (drift.per_run_percent) {
        table.add_row({text("% per run, of the residuals"), text(table_number(drift.per_run_percent, 2)),
                       text(interval_text(drift.ci95, 2)), text(p_text(drift.permutation_p))});
    }
    if (drift.per_celsius_percent) {
        table.add_row({text("% per degree Celsius at the start"), text(table_number(drift.per_celsius_percent, 2)),
                       text(kNoNumber), text(p_text(drift.per_celsius_p))});
    }
    if (drift.control_per_run_percent) {
        table.add_row({text("% per run, of the " + count_text(drift.control_runs, "control run")),
                       text(table_number(drift.control_per_run_percent, 2)), text(kNoNumber),
                       text(p_text(drift.control_p))});
    }
    Html html = table.html();
    if (drift.control_spread_percent) {
        html += paragraph("Control runs differ by " + table_number(*drift.control_spread_percent, 2) + " %.");
    }
    if (drift.lag1_autocorrelation) {
        html += paragraph(
            "Correlation of a residual with the one before: " + table_number(*drift.lag1_autocorrelation, 2) + ".");
    }
    if (drift.reason) {
        html += element("p", {{"class", "note"}}, text("Drift: " + *drift.reason + "."));
    }
    return html + paragraph(drift.is_order_random ? "The order of the runs was random."
                                                  : "The order was not randomised: a drift and an effect look alike.");
}

Html background_content(const BackgroundEffect& effect) {
    if (!effect.ratio) {
        return element("p", {{"class", "note"}}, text("No comparison: " + effect.reason.value_or("no ratio") + "."));
    }
    HtmlTable table("Interactions of inputs with the background", {{"input"},
                                                                   {"estimate", ColumnKind::number},
                                                                   {"95 % interval", ColumnKind::number},
                                                                   {"p (Holm)", ColumnKind::number}});
    for (const Interaction& pair : effect.interactions) {
        table.add_row({text(pair.first), text(table_number(pair.estimate, 3)), text(interval_text(pair.ci95)),
                       text(p_text(pair.p_holm))});
    }
    return paragraph("Against the same model without a background, " + effect.outcome + " is multiplied by " +
                     ratio_words(*effect.ratio) + ", p (Holm) = " + p_text(effect.p_holm) + ".") +
           table.html();
}

std::string analysed_text(const Group& group) {
    const auto flagged = static_cast<std::size_t>(
        std::count_if(group.runs.begin(), group.runs.end(), [](const Run& run) { return !run.flags.empty(); }));
    const std::size_t analysed = analysed_runs(group.runs).size();
    return "n = " + count_text(analysed, "run") +
           (flagged > 0 ? ", without " + std::to_string(flagged) + " flagged" : "");
}

} // namespace

Html first_screen_part(const Group& group, std::size_t index) {
    const std::string cost = group.cost_name();
    Html figures;
    if (!group.analyses.pareto.empty()) {
        figures += figure_html(
            {"pareto", index, "Which runs are worth it?",
             "Each point is one configuration, its replicates averaged; " + analysed_text(group) +
                 ". Line: front of the lowest " + cost + ". Tables: section \"Which runs are worth it?\".",
             "Points on the line are the best that was seen for their " + cost +
                 ": nothing cheaper was at least as good. A hollow diamond was on the front by chance as likely as not "
                 "(probability under 50 %, parametric bootstrap). Hollow triangles are flagged runs. Drag a frame to "
                 "select runs in all charts and in the table.",
             Html::trusted(pareto_svg(group))});
    }
    if (!group.analyses.effects.empty()) {
        figures += figure_html(
            {"forest", index, "What drives " + cost + "?",
             "Ratio of " + cost + " for one step of each hyperparameter, with 95 % t interval (least squares on ln " +
                 cost + "); " + analysed_text(group) + ". Filled: significant after Holm's correction.",
             "1 is no change; 2 means that the step doubles " + cost +
                 ". If the interval contains 1, the data do not show an effect. The step is written beside the name: "
                 "x2 "
                 "for a doubling, or the two values that are compared.",
             Html::trusted(forest_svg(group))});
    }
    return element("div", {{"class", "pair"}}, figures);
}

Html worth_part(const Group& group, std::size_t index) {
    const std::string suffix = id_suffix(index);
    Html worth = worth_content(group);
    if (!group.metrics.empty() && !group.inputs.empty()) {
        worth +=
            figure_html({"parallel",
                         index,
                         "All values side by side",
                         "One line is one run; the axes are the inputs that were varied, then " + cost_heading(group) +
                             " and the metrics. Inputs that were drawn on a logarithmic scale have a logarithmic axis. "
                             "Constant inputs are left out.",
                         "Drag along an axis to select the runs whose value is in that range; the other charts and the "
                         "table follow. On a logarithmic axis, 0 has a place of its own below the smallest value.",
                         {}});
    }
    Html html = page_section("worth" + suffix, "Which runs are worth it?", worth);
    Html noise = both_sets(group, [](const Analyses& analyses) { return replicates_content(analyses.replicates); });
    if (group.analyses.drift.control_runs > 0) {
        noise +=
            figure_html({"control",
                         index,
                         "Control runs over time",
                         "The same values, repeated during the session: " + cost_heading(group) +
                             " against the time since the first start.",
                         "A level line says that the machine stayed as it was. A slope or a step is a change of the "
                         "machine, not of the hyperparameters.",
                         {}});
    }
    noise += both_sets(group, [](const Analyses& analyses) { return drift_content(analyses.drift); });
    html += page_section("noise" + suffix, "Real or noise?", noise);
    if (group.background_effect) {
        html += page_section("background" + suffix, "What does the background change?",
                             background_content(*group.background_effect));
    }
    return html;
}

} // namespace mutation::report
