#include "mutation/core/text.hpp"
#include "mutation/stats/descriptive.hpp"
#include "names.hpp"
#include "number_text.hpp"
#include "page_parts.hpp"

#include <algorithm>
#include <map>

namespace mutation::report {

namespace {

std::string_view stage_meaning(Stage stage) {
    switch (stage) {
    case Stage::planned:
        return "planned";
    case Stage::run:
        return "run";
    case Stage::succeeded:
        return "succeeded";
    case Stage::metrics:
        return "all metrics read";
    case Stage::energy:
        return "energy good or usable, or not measured in the whole group";
    case Stage::unflagged:
        return "not flagged";
    case Stage::analysed:
        break;
    }
    return "analysed";
}

Html flow_table(const std::vector<FlowStep>& flow) {
    HtmlTable table("From the plan to the analyses",
                    {{"stage"}, {"runs", ColumnKind::number}, {"lost here", ColumnKind::number}});
    for (std::size_t i = 0; i < flow.size(); ++i) {
        const std::size_t lost = i == 0 ? 0 : flow[i - 1].runs - flow[i].runs;
        table.add_row({text(stage_meaning(flow[i].stage)), text(std::to_string(flow[i].runs)),
                       text(i == 0 ? kNoNumber : std::to_string(lost))});
    }
    return table.html();
}

/// "a, b, c and 12 more".
std::string name_some(const std::vector<std::string>& names) {
    constexpr std::size_t kNamed = 8;
    if (names.size() <= kNamed) {
        return join(names, ", ");
    }
    return join({names.begin(), names.begin() + kNamed}, ", ") + " and " + std::to_string(names.size() - kNamed) +
           " more";
}

Html excluded_table(const std::vector<Exclusion>& excluded) {
    std::map<std::pair<Stage, std::string>, std::vector<std::string>> by_reason;
    for (const Exclusion& exclusion : excluded) {
        by_reason[{exclusion.stage, exclusion.reason}].push_back(run_name(exclusion.run));
    }
    HtmlTable table("Excluded runs by reason",
                    {{"reason"}, {"did not reach"}, {"runs", ColumnKind::number}, {"which"}});
    for (const auto& [what, runs] : by_reason) {
        table.add_row({text(what.second), text(stage_meaning(what.first)), text(std::to_string(runs.size())),
                       text(name_some(runs))});
    }
    return table.empty() ? paragraph("No run was excluded.") : table.html();
}

Html verdict_table(const Group& group) {
    std::map<std::string, std::vector<double>> bounds;
    std::map<std::string, std::size_t> counts;
    for (const Run& run : group.runs) {
        if (!run.verdict) {
            continue;
        }
        const std::string verdict(energy::verdict_name(*run.verdict));
        ++counts[verdict];
        if (run.energy && run.uncertainty && run.energy->value() > 0) {
            bounds[verdict].push_back(*run.uncertainty / *run.energy * 100);
        }
    }
    HtmlTable table("Verdicts on the energy of runs", {{"verdict"},
                                                       {"runs", ColumnKind::number},
                                                       {"median bound (% of energy)", ColumnKind::number},
                                                       {"worst bound (% of energy)", ColumnKind::number}});
    for (const auto& [verdict, count] : counts) {
        const auto& found = bounds[verdict];
        const bool has_bounds = !found.empty();
        table.add_row({text(verdict), text(std::to_string(count)),
                       text(has_bounds ? table_number(stats::median(found), 2) : kNoNumber),
                       text(has_bounds ? table_number(*std::max_element(found.begin(), found.end()), 2) : kNoNumber)});
    }
    return table.html();
}

Html flagged_table(const Group& group) {
    HtmlTable table("Flagged runs", {{"run"}, {"found by"}, {"reason"}});
    for (const Run& run : group.runs) {
        for (const Flag& flag : run.flags) {
            table.add_row({text(run_name(run.key)), text(flag_source_name(flag.by)), text(flag.reason)});
        }
    }
    if (table.empty()) {
        return paragraph("No run is flagged.");
    }
    return paragraph("Flagged runs are shown hollow, and the main tables leave them out. The switch at the top of the "
                     "page shows the numbers with them.") +
           table.html();
}

std::string energy_sentence(const Group& group) {
    if (group.energy_parts.empty()) {
        return "No energy was measured" + (group.no_energy ? ": " + *group.no_energy : std::string()) + ".";
    }
    std::vector<std::string> parts;
    for (const EnergyPart part : group.energy_parts) {
        parts.emplace_back(part == EnergyPart::cpu ? "CPU (package and RAM)" : "GPU");
    }
    return "Energy of a run: " + join(parts, " and ") + ", of its last attempt.";
}

} // namespace

Html flow_part(const Report& report) {
    Html content = flow_table(report.flow);
    if (report.control_runs > 0) {
        content += paragraph(count_text(report.control_runs, "control run") +
                             " stand beside this flow. They serve only to find a drift of the machine.");
    }
    content += excluded_table(report.excluded);
    if (report.waste.failed) {
        content += paragraph("Failed attempts used " + table_number(report.waste.failed->value()) + " J.");
    }
    return page_section("flow", "Did the campaign work?", content);
}

Html trust_part(const Group& group, std::size_t index) {
    Html content = paragraph(energy_sentence(group)) + verdict_table(group) + flagged_table(group);
    return page_section("trust" + id_suffix(index), "Can I trust the joules?", content);
}

Html waste_part(const Report& report) {
    const auto joules = [](const std::optional<Joules>& energy) {
        return text(energy ? table_number(energy->value()) : kNoNumber);
    };
    HtmlTable table("What was spent without a result", {{"what"}, {"energy (J)", ColumnKind::number}});
    table.add_row({text("failed attempts"), joules(report.waste.failed)});
    table.add_row(
        {text("runs that another run dominates (cheaper and at least as good)"), joules(report.waste.dominated)});
    table.add_row({text("flagged runs"), joules(report.waste.flagged)});
    Html content = table.html() + paragraph("Cooldowns and idle baselines took " +
                                            table_number(report.waste.resting.count(), 3) + " s.");
    if (const auto& carbon = report.carbon) {
        HtmlTable factors("Carbon and cost, by factors that the user gave",
                          {{"figure"}, {"value", ColumnKind::number}, {"factor"}});
        const Factors& given = carbon->factors;
        const std::string pue = given.pue ? ", times PUE " + table_number(*given.pue) : "";
        if (carbon->grams) {
            factors.add_row({text("carbon (g CO2e)"), text(table_number(*carbon->grams)),
                             text(table_number(given.carbon_intensity) + " g CO2e per kWh" + pue)});
        }
        if (carbon->cost) {
            factors.add_row({text("cost (" + given.currency + ")"), text(table_number(*carbon->cost)),
                             text(table_number(given.price) + " " + given.currency + " per kWh" + pue)});
        }
        content += factors.html();
    }
    return page_section("waste", "What was wasted?", content);
}

} // namespace mutation::report
