#include "effect_figures.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "number_text.hpp"
#include "page_figure.hpp"
#include "page_parts.hpp"

#include <algorithm>

namespace mutation::report {

namespace {

/// A number that a program can read exactly.
Html exact(double value, const std::string& shown) {
    return element("data", {{"value", format_shortest(value)}}, text(shown));
}

const Fit* find_fit(const Analyses& analyses, const std::string& outcome) {
    const auto fit = std::find_if(analyses.fits.begin(), analyses.fits.end(),
                                  [&](const Fit& candidate) { return candidate.outcome == outcome; });
    return fit == analyses.fits.end() ? nullptr : &*fit;
}

const Effect* find_effect(const Analyses& analyses, const std::string& outcome, const Split& split) {
    const auto found = std::find_if(analyses.effects.begin(), analyses.effects.end(), [&](const Effect& effect) {
        return effect.outcome == outcome && effect.hyperparameter == split.hyperparameter &&
               effect.term == split.term && effect.level == split.level;
    });
    return found == analyses.effects.end() ? nullptr : &*found;
}

Html ratio_table(const Analyses& analyses, const std::string& outcome) {
    HtmlTable table("Effects on " + outcome + " as ratios", {{"hyperparameter"},
                                                             {"step"},
                                                             {outcome + " ratio", ColumnKind::number},
                                                             {"95 % interval", ColumnKind::number},
                                                             {"p (Holm)", ColumnKind::number},
                                                             {"slope", ColumnKind::number},
                                                             {"SE", ColumnKind::number},
                                                             {"SE (HC3)", ColumnKind::number}});
    for (const Effect& effect : analyses.effects) {
        if (effect.outcome != outcome) {
            continue;
        }
        const auto ratio = effect.ratio;
        table.add_row({text(effect.hyperparameter), text(effect.ratio_text),
                       ratio ? exact(ratio->value, ratio_value(*ratio)) : text(kNoNumber),
                       text(ratio ? ratio_interval(*ratio) : kNoNumber), exact(effect.p_holm, p_text(effect.p_holm)),
                       exact(effect.estimate, table_number(effect.estimate, 3)),
                       text(table_number(effect.standard_error, 2)), text(table_number(effect.hc3_standard_error, 2))});
    }
    return table.html();
}

Html checks_table(const Fit& fit) {
    HtmlTable table("Checks of the model of " + fit.outcome,
                    {{"check"}, {"statistic", ColumnKind::number}, {"p", ColumnKind::number}, {"note"}});
    for (const ModelCheck& check : fit.checks) {
        std::string name = check.name;
        std::replace(name.begin(), name.end(), '_', ' ');
        table.add_row({text(name), text(table_number(check.statistic, 3)), text(p_text(check.p)),
                       text(check.reason.value_or(""))});
    }
    Html html = table.html();
    if (fit.largest_cooks_distance) {
        html += paragraph("Largest Cook's distance: " + table_number(*fit.largest_cooks_distance, 2) +
                          (fit.largest_cooks_run ? " (run " + run_name(*fit.largest_cooks_run) + ")" : "") + ".");
    }
    return html;
}

Html fit_lines(const Analyses& analyses, const std::string& outcome) {
    const Fit* fit = find_fit(analyses, outcome);
    if (!fit) {
        return {};
    }
    if (fit->reason) {
        return element("p", {{"class", "note"}}, text("No model of " + outcome + ": " + *fit->reason + "."));
    }
    std::string line = "Model of " + outcome + (fit->is_logit ? " (logit)" : "") + ": n = " + std::to_string(fit->n) +
                       ", " + count_text(fit->p, "term") + ", R\xC2\xB2 = " + table_number(fit->r2, 4) +
                       ", residual SD = " + table_number(fit->residual_sd, 3) +
                       ", condition number = " + table_number(fit->condition_number, 3) + ".";
    if (!fit->dropped.empty()) {
        line += " Left out, since they follow from others: " + join(fit->dropped, ", ") + ".";
    }
    return paragraph(line) + collapsed("Checks of the model", checks_table(*fit));
}

Html drives_content(const Group& group) {
    const std::string cost = group.cost_name();
    return both_sets(group, [&](const Analyses& analyses) {
        Html html = ratio_table(analyses, cost) + fit_lines(analyses, cost);
        Html others;
        for (const char* outcome : {"duration", "power"}) {
            if (outcome != cost) {
                others += ratio_table(analyses, outcome) + fit_lines(analyses, outcome);
            }
        }
        if (!others.empty()) {
            html += collapsed("The same for duration and power", others);
        }
        if (const auto& epochs = analyses.epoch_cost) {
            html += paragraph("One epoch costs " + table_number(epochs->joules_per_epoch, 3) + " J " +
                              interval_text(epochs->ci95) + " (median slope); the fixed cost of a run is " +
                              table_number(epochs->fixed_joules, 3) + " J.");
        }
        if (analyses.no_interactions) {
            html += element("p", {{"class", "note"}}, text("Interactions: " + *analyses.no_interactions + "."));
        }
        return html;
    });
}

Html interactions_table(const Analyses& analyses) {
    HtmlTable table("Two-way interactions", {{"inputs"},
                                             {"outcome"},
                                             {"estimate", ColumnKind::number},
                                             {"95 % interval", ColumnKind::number},
                                             {"p (Holm)", ColumnKind::number}});
    for (const Interaction& pair : analyses.interactions) {
        table.add_row({text(pair.first + " x " + pair.second), text(pair.outcome), text(table_number(pair.estimate, 3)),
                       text(interval_text(pair.ci95)), text(p_text(pair.p_holm))});
    }
    return table.html();
}

Html through_content(const Group& group) {
    return both_sets(group, [](const Analyses& analyses) {
        HtmlTable table("Energy ratio = duration ratio x power ratio",
                        {{"hyperparameter"},
                         {"step"},
                         {"energy ratio", ColumnKind::number},
                         {"longer: duration ratio", ColumnKind::number},
                         {"more watts: power ratio", ColumnKind::number}});
        for (const Split& split : analyses.splits) {
            const auto cell = [&](const std::string& outcome) {
                const Effect* effect = find_effect(analyses, outcome, split);
                return effect && effect->ratio ? exact(effect->ratio->value, ratio_words(*effect->ratio))
                                               : text(kNoNumber);
            };
            const Effect* energy = find_effect(analyses, "energy", split);
            table.add_row({text(split.hyperparameter), text(energy ? energy->ratio_text : ""), cell("energy"),
                           cell("duration"), cell("power")});
        }
        return table.html();
    });
}

template <class Wanted>
Html shares_table(const Analyses& analyses, const Wanted& is_wanted) {
    HtmlTable table("Shares of R\xC2\xB2, for the ranges tried", {{"hyperparameter"},
                                                                  {"outcome"},
                                                                  {"share of R\xC2\xB2 (%)", ColumnKind::number},
                                                                  {"95 % interval (%)", ColumnKind::number},
                                                                  {"Spearman rho", ColumnKind::number},
                                                                  {"p (permutation)", ColumnKind::number},
                                                                  {"note"}});
    for (const ImportanceShare& share : analyses.importance) {
        if (!is_wanted(share.outcome)) {
            continue;
        }
        const auto percent =
            share.ci95 ? std::optional(stats::Interval{share.ci95->low * 100, share.ci95->high * 100}) : std::nullopt;
        table.add_row({text(share.hyperparameter), text(share.outcome),
                       exact(share.share, table_number(share.share * 100, 3)), text(interval_text(percent)),
                       text(table_number(share.spearman, 2)), text(p_text(share.spearman_p)),
                       text(share.is_not_straight ? "not a straight line" : "")});
    }
    return table.html();
}

Html matter_content(const Group& group) {
    return both_sets(group, [&](const Analyses& analyses) {
        const auto is_main = [&](const std::string& outcome) {
            return outcome == group.cost_name() || group.metrics.contains(outcome);
        };
        const Html others = shares_table(analyses, [&](const std::string& outcome) { return !is_main(outcome); });
        return shares_table(analyses, is_main) +
               (others.empty() ? Html() : collapsed("The same for duration and power", others));
    });
}

Html metric_table(const Analyses& analyses, const std::string& metric) {
    HtmlTable table("Effects on " + metric, {{"hyperparameter"},
                                             {"step"},
                                             {"change of " + metric, ColumnKind::number},
                                             {"slope", ColumnKind::number},
                                             {"95 % interval of the slope", ColumnKind::number},
                                             {"p (Holm)", ColumnKind::number},
                                             {"SE (HC3)", ColumnKind::number}});
    for (const Effect& effect : analyses.effects) {
        if (effect.outcome == metric) {
            table.add_row({text(effect.hyperparameter), text(effect.ratio_text), text(table_number(effect.change, 3)),
                           exact(effect.estimate, table_number(effect.estimate, 3)), text(interval_text(effect.ci95)),
                           exact(effect.p_holm, p_text(effect.p_holm)),
                           text(table_number(effect.hc3_standard_error, 2))});
        }
    }
    return table.html() + fit_lines(analyses, metric);
}

Html trade_off_table(const Analyses& analyses) {
    HtmlTable table("Hyperparameters that change both energy and quality",
                    {{"hyperparameter"}, {"metric"}, {"more of it changes energy"}, {"and the metric"}, {"trade-off"}});
    for (const TradeOff& trade : analyses.trade_offs) {
        table.add_row({text(trade.hyperparameter), text(trade.metric), text(trade.energy_sign > 0 ? "up" : "down"),
                       text(trade.metric_sign > 0 ? "up" : "down"),
                       text(!trade.is_conflict   ? "direction of the metric unknown"
                            : *trade.is_conflict ? "yes: better quality costs energy"
                                                 : "no: both get better together")});
    }
    return table.html();
}

PageFigure stacked_figure(const Group& group, std::size_t index) {
    return {"stacked",
            index,
            "Longer, or more watts?",
            "Each bar is the effect of one step on energy, as longer duration plus more power, on a logarithmic scale. "
            "The two parts add up exactly (b energy = b duration + b power). Same runs and steps as the table below.",
            "A part to the right of 1 raises energy, a part to the left lowers it. Blue: the training runs longer. "
            "Orange: it draws more watts. It is an identity, not a claim about causes.",
            Html::trusted(stacked_svg(group))};
}

} // namespace

Html drivers_part(const Group& group, std::size_t index) {
    const std::string suffix = id_suffix(index);
    Html drives = drives_content(group) + both_sets(group, interactions_table);
    if (!varied_inputs(group).empty()) {
        drives += figure_html(
            {"slice",
             index,
             "One input at a time",
             "Each point is one run: " + cost_heading(group) +
                 " or a metric against one input, whatever the other inputs were. Control runs and runs "
                 "without the value are left out.",
             "A slice shows the shape of a relation, and points that do not fit. It does not hold the other "
             "inputs fixed: for the size of an effect, read the ratios.",
             {}});
    }
    Html html = page_section("drives" + suffix, "What drives " + group.cost_name() + "?", drives);
    if (!group.analyses.splits.empty()) {
        html += page_section("through" + suffix, "Through what?",
                             figure_html(stacked_figure(group, index)) + through_content(group));
    }
    if (!group.analyses.importance.empty()) {
        const PageFigure figure{
            "importance",
            index,
            "Share of the explained variance",
            "Shares of R\xC2\xB2 (Shapley values, LMG) for the ranges tried; bars with 95 % intervals "
            "by resampling of runs. Other ranges would give other shares.",
            "The shares of one outcome add up to its R\xC2\xB2. A wide interval says that the order of "
            "the bars may change with new runs.",
            {}};
        html +=
            page_section("matter" + suffix, "How much does each matter?", figure_html(figure) + matter_content(group));
    }
    Html quality;
    for (const auto& metric : group.metrics) {
        quality += both_sets(group, [&](const Analyses& analyses) { return metric_table(analyses, metric.first); });
    }
    quality += both_sets(group, trade_off_table);
    return html + page_section("quality" + suffix, "What drives quality?",
                               group.metrics.empty() ? paragraph("No metric was read.") : quality);
}

} // namespace mutation::report
