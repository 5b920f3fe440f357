#include "mutation/stats/descriptive.hpp"
#include "number_text.hpp"
#include "page_parts.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::report {

namespace {

constexpr double kStripKwh = 3.6e6;

std::size_t runs_at(const std::vector<FlowStep>& flow, Stage stage) {
    const auto step = std::find_if(flow.begin(), flow.end(), [&](const FlowStep& s) { return s.stage == stage; });
    return step == flow.end() ? 0 : step->runs;
}

/// The effects of the group's cost that are significant after Holm, the largest first.
std::vector<const Effect*> effects_to_name(const Group& group) {
    std::vector<const Effect*> found;
    for (const Effect& effect : group.analyses.effects) {
        if (effect.outcome == group.cost_name() && effect.ratio && effect.p_holm < kShownSignificance) {
            found.push_back(&effect);
        }
    }
    std::sort(found.begin(), found.end(), [](const Effect* a, const Effect* b) {
        return std::abs(std::log(a->ratio->value)) > std::abs(std::log(b->ratio->value));
    });
    return found;
}

Html drivers_sentence(const Group& group) {
    constexpr std::size_t kShown = 3;
    const std::string cost = group.cost_name();
    const auto fit = std::find_if(group.analyses.fits.begin(), group.analyses.fits.end(),
                                  [&](const Fit& f) { return f.outcome == cost; });
    if (fit == group.analyses.fits.end() || fit->reason) {
        return text("What drives " + cost + " cannot be estimated" +
                    (fit == group.analyses.fits.end() ? "" : ": " + *fit->reason) + ".");
    }
    const auto effects = effects_to_name(group);
    if (effects.empty()) {
        return text("No hyperparameter changes " + cost + " detectably (n = " + std::to_string(fit->n) + ").");
    }
    Html html;
    for (std::size_t i = 0; i < std::min(effects.size(), kShown); ++i) {
        const Effect& effect = *effects[i];
        html += text(i == 0 ? "" : i + 1 == std::min(effects.size(), kShown) ? ", and " : ", ");
        html += element("b", text(effect.hyperparameter));
        html += text(" " + effect.ratio_text + (i == 0 ? " multiplies " + cost + " by " : " by "));
        html += element("b", text(ratio_value(*effect.ratio)));
        html += text(" " + ratio_interval(*effect.ratio));
    }
    return html + text(".");
}

std::string worth_sentence(const Group& group) {
    for (const Pareto& pareto : group.analyses.pareto) {
        if (!pareto.best) {
            continue;
        }
        std::string sentence = " Best " + pareto.metric + ": " + table_number(pareto.points[*pareto.best].metric);
        if (pareto.cheapest_near_best && pareto.saving_percent && *pareto.cheapest_near_best != *pareto.best) {
            sentence += "; within 1 point of it, " + pareto.cost + " can be " +
                        table_number(*pareto.saving_percent, 2) + " % lower";
        }
        return sentence + ".";
    }
    return "";
}

std::string noise_sentence(const Group& group) {
    constexpr std::size_t kCommonReplicates = 5;
    const Replicates& replicates = group.analyses.replicates;
    const DetectableRatio* chosen = nullptr;
    for (const DetectableRatio& detectable : replicates.detectable) {
        if (!chosen || detectable.n <= kCommonReplicates) {
            chosen = &detectable;
        }
    }
    if (!chosen) {
        return "";
    }
    return " With " + std::to_string(chosen->n) + " runs a side, a difference of " + replicates.outcome + " under " +
           table_number((chosen->ratio - 1) * 100, 2) + " % cannot be told from noise.";
}

Html result_sentences(const Report& report) {
    Html list;
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const Group& group = report.groups[i];
        Html item = element("a", {{"href", "#group" + id_suffix(i)}, {"class", "group-name"}}, text(group_name(group)));
        item += text(" ") + drivers_sentence(group) + text(worth_sentence(group) + noise_sentence(group));
        if (group.energy_parts.empty()) {
            item +=
                element("strong", text(" No energy was measured" + (group.no_energy ? ": " + *group.no_energy : "") +
                                       ". Everything below is about duration and quality."));
        }
        list += element("li", item);
    }
    return element("ul", {{"class", "results"}}, list);
}

Html strip_item(std::string_view name, const std::string& value, std::string_view unit = "") {
    return element("div", element("dt", text(name)) +
                              element("dd", text(value) + (unit.empty() ? Html() : element("small", text(unit)))));
}

struct Totals {
    double joules = 0;
    std::vector<double> bound_percent;
    std::size_t flagged = 0;
};

Totals add_up(const Report& report) {
    Totals totals;
    for (const Group& group : report.groups) {
        for (const Run& run : group.runs) {
            totals.joules += run.energy.value_or(Joules(0)).value() + run.failed_energy.value_or(Joules(0)).value();
            totals.flagged += run.flags.empty() ? 0 : 1;
            if (run.energy && run.uncertainty && run.energy->value() > 0 && !run.exclusion) {
                totals.bound_percent.push_back(*run.uncertainty / *run.energy * 100);
            }
        }
    }
    return totals;
}

Html strip(const Report& report) {
    const Totals totals = add_up(report);
    const bool has_energy = totals.joules > 0;
    Html items = strip_item("planned", std::to_string(runs_at(report.flow, Stage::planned)), "runs");
    items += strip_item("analysed", std::to_string(runs_at(report.flow, Stage::analysed)), "runs");
    items += strip_item("flagged", std::to_string(totals.flagged), "runs");
    if (report.control_runs > 0) {
        items += strip_item("control", std::to_string(report.control_runs), "runs");
    }
    items += strip_item("measured energy", has_energy ? table_number(totals.joules / kStripKwh, 3) : "none",
                        has_energy ? "kWh" : "");
    if (!totals.bound_percent.empty()) {
        items += strip_item("median bound of energy", table_number(stats::median(totals.bound_percent), 2), "%");
    }
    if (report.carbon && report.carbon->grams) {
        items += strip_item("carbon", table_number(*report.carbon->grams, 3), "g CO2e");
    }
    return element("dl", {{"class", "strip"}}, items);
}

Html warnings_list(const Report& report) {
    Html items;
    for (const Warning& warning : report.warnings) {
        Html item = text(warning.text);
        if (!warning.remedy.empty()) {
            item += text(" ") + element("em", text(warning.remedy));
        }
        if (!warning.anchor.empty()) {
            item += text(" ") + element("a", {{"href", "#" + warning.anchor}}, text("Details"));
        }
        items += element("li", item);
    }
    return items.empty()
               ? Html()
               : element("div", {{"class", "warnings"}}, element("h2", text("Warnings")) + element("ul", items));
}

} // namespace

Html summary_part(const Report& report) {
    if (report.groups.empty()) {
        return paragraph("There is nothing to analyse: no run of the given sessions has a record.") + strip(report) +
               warnings_list(report);
    }
    return result_sentences(report) + strip(report) + warnings_list(report);
}

} // namespace mutation::report
