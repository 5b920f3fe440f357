#include "describe_methods.hpp"

#include "display.hpp"
#include "group_labels.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/text.hpp"
#include "mutation/stats/descriptive.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace mutation::report {

namespace {

/// What it means that a run did not reach the stage.
const char* words_of_loss(Stage stage) {
    switch (stage) {
    case Stage::run:
        return "not run";
    case Stage::succeeded:
        return "failed";
    case Stage::metrics:
        return "without metrics";
    case Stage::energy:
        return "without usable energy";
    case Stage::unflagged:
        return "flagged";
    case Stage::planned:
    case Stage::analysed:
        break;
    }
    return "not comparable";
}

/// `a, b and c`
std::string enumerate(const std::vector<std::string>& words) {
    if (words.size() < 2) {
        return join(words, "");
    }
    return join({words.begin(), words.end() - 1}, ", ") + " and " + words.back();
}

/// `epochs (logarithm), optimizer (contrasts with sgd)`
std::string describe_inputs(const std::vector<Input>& inputs) {
    std::vector<std::string> words;
    for (const Input& input : inputs) {
        switch (input.coding) {
        case Coding::log:
            words.push_back(input.hyperparameter + " (logarithm)");
            break;
        case Coding::linear:
            words.push_back(input.hyperparameter);
            break;
        case Coding::zero:
            words.push_back(input.hyperparameter + " (zero or not, and the logarithm)");
            break;
        case Coding::choice:
            words.push_back(fmt::format("{} (contrasts with {})", input.hyperparameter,
                                        input.levels.empty() ? "its default" : input.levels.front()));
            break;
        case Coding::constant:
            break;
        }
    }
    return enumerate(words);
}

std::string describe_energy(const Group& group) {
    if (group.energy_parts.empty()) {
        return "No energy was measured; the cost of a run is its duration.";
    }
    std::vector<std::string> parts;
    for (const EnergyPart part : group.energy_parts) {
        parts.emplace_back(part == EnergyPart::cpu ? "the processor (package and RAM)" : "the GPUs");
    }
    std::string text =
        fmt::format("The energy of a run is that of {} over the lifetime of its last attempt.", enumerate(parts));
    std::vector<double> shares;
    for (const Run* run : analysed_runs(group.runs)) {
        if (run->energy && run->uncertainty) {
            shares.push_back(100 * (*run->uncertainty / *run->energy));
        }
    }
    if (!shares.empty()) {
        text += fmt::format(" Sampling can have missed at most {} % of it (median; worst run {} %).",
                            show_number(stats::median(shares)),
                            show_number(*std::max_element(shares.begin(), shares.end())));
    }
    return text;
}

std::string describe_models(const Group& group) {
    const Analyses& analyses = group.analyses;
    if (analyses.effects.empty()) {
        return "";
    }
    std::vector<std::string> outcomes;
    for (const Fit& fit : analyses.fits) {
        if (!fit.reason) {
            const bool is_log = fit.outcome == "energy" || fit.outcome == "duration" || fit.outcome == "power";
            outcomes.push_back((is_log ? "ln " : fit.is_logit ? "logit " : "") + fit.outcome);
        }
    }
    std::string text = fmt::format(
        "{} {} each modelled by ordinary least squares on {}. Effects have t intervals of 95 %; p values are corrected "
        "by Holm's method over all {} terms of these models.",
        enumerate(outcomes), outcomes.size() > 1 ? "were" : "was", describe_inputs(group.inputs),
        analyses.effects.size());
    if (!analyses.importance.empty()) {
        text += " The shares of R2 are Shapley values (Lindeman, Merenda & Gold 1980), with 95 % intervals from 2000 "
                "resamples of the runs; Spearman's rank correlations were tested by permutation.";
    }
    if (!analyses.interactions.empty()) {
        text += fmt::format(" {} two-way interactions were estimated, corrected by Holm's method.",
                            analyses.interactions.size());
    }
    return text;
}

std::string describe_front(const Group& group) {
    const bool has_front = std::any_of(group.analyses.pareto.begin(), group.analyses.pareto.end(),
                                       [](const Pareto& pareto) { return pareto.hypervolume.has_value(); });
    return has_front ? fmt::format("Runs of the same configuration were averaged ({}). The probability that a "
                                   "configuration is on the Pareto front is from 1000 parametric bootstrap draws.",
                                   counted(group.configurations, "configuration"))
                     : "";
}

std::string describe_noise(const Group& group) {
    const Replicates& replicates = group.analyses.replicates;
    const Drift& drift = group.analyses.drift;
    std::string text;
    if (replicates.sd_log && replicates.sd_ci95) {
        text = fmt::format("The standard deviation of ln {} between like runs is {} {}, pooled over {}; detectable "
                           "ratios are for a two-sided t test at 5 % with a power of 80 %.",
                           replicates.outcome, show_number(*replicates.sd_log), show_interval(*replicates.sd_ci95),
                           counted(replicates.configurations, "configuration"));
    }
    if (drift.permutation_p) {
        text += fmt::format("{}The runs were started in {} order; drift was {} % a run ({}, 1000 permutations).",
                            text.empty() ? "" : " ", drift.is_order_random ? "random" : "a fixed",
                            show_number(drift.per_run_percent.value_or(0)), show_p(*drift.permutation_p));
    }
    return text;
}

std::string describe_flags(const Group& group) {
    std::set<FlagSource> sources;
    for (const Run& run : group.runs) {
        for (const Flag& flag : run.flags) {
            sources.insert(flag.by);
        }
    }
    std::vector<std::string> rules;
    if (sources.contains(FlagSource::record)) {
        rules.emplace_back("a recorded fact (another process on the GPU, other load on the CPU, throttling, an "
                           "interrupted background)");
    }
    if (sources.contains(FlagSource::utilisation)) {
        rules.emplace_back("a GPU utilisation more than 5 robust standard deviations from the median of like runs");
    }
    if (sources.contains(FlagSource::residual)) {
        rules.emplace_back("a residual of more than 5 standard deviations from a robust (bisquare) model of ln power "
                           "and ln duration");
    }
    return rules.empty() ? "" : fmt::format("Runs were flagged for {}, and left out.", enumerate(rules));
}

std::string describe_background(const Group& group) {
    if (!group.background_effect || !group.background_effect->ratio) {
        return "";
    }
    return fmt::format("Against the same model without a background the {} was {}, the inputs held equal.",
                       group.background_effect->outcome, show_ratio(*group.background_effect->ratio));
}

std::string describe_group(const Group& group, const std::string& label) {
    const std::vector<FlowStep> flow = count_stages(group.runs);
    const std::string losses = describe_losses(flow);
    std::string text = fmt::format("{} of {} of {} on {} were analysed{}.", flow.back().runs,
                                   counted(flow.front().runs, "planned run"), label, machine_label(group.key.machine),
                                   losses.empty() ? "" : " (" + losses + ")");
    for (const std::string& part : {describe_flags(group), describe_energy(group), describe_models(group),
                                    describe_front(group), describe_noise(group), describe_background(group)}) {
        text += part.empty() ? "" : " " + part;
    }
    return text;
}

/// `mutation 1.1 ran the trainings`
std::string describe_program(const Report& report) {
    std::set<std::string> versions;
    for (const SessionSource& session : report.sessions) {
        if (!session.tool_version.empty()) {
            versions.insert(session.tool_version);
        }
    }
    const std::vector<std::string> names(versions.begin(), versions.end());
    return fmt::format("Trainings were run and measured with mutation{}{}, and analysed with mutation {}.",
                       names.empty() ? "" : " ", enumerate(names), report.tool_version);
}

} // namespace

std::string describe_losses(const std::vector<FlowStep>& flow) {
    std::vector<std::string> losses;
    for (std::size_t i = 1; i < flow.size(); ++i) {
        if (const std::size_t lost = flow[i - 1].runs - flow[i].runs; lost > 0) {
            losses.push_back(fmt::format("{} {}", lost, words_of_loss(flow[i].stage)));
        }
    }
    return join(losses, ", ");
}

std::string describe_methods(const Report& report) {
    std::string text = describe_program(report);
    const std::vector<std::string> labels = group_labels(report.groups);
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        text += " " + describe_group(report.groups[i], labels[i]);
    }
    if (report.control_runs > 0) {
        text += fmt::format(" {} served to see drift and {} in no other analysis.",
                            counted(report.control_runs, "control run"), report.control_runs == 1 ? "is" : "are");
    }
    if (report.carbon) {
        text += " Carbon and cost follow from factors that the authors chose.";
    }
    return text;
}

} // namespace mutation::report
