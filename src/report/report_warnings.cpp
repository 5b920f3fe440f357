#include "report_warnings.hpp"

#include "display.hpp"
#include "group_labels.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/text.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace mutation::report {

namespace {

constexpr double kConvincing = .05;
constexpr double kManyFailed = .1;
constexpr double kHardToTellApart = 30;
/// A drift over all runs that nobody has to care about, in percent.
constexpr double kHarmlessDriftPercent = 1;

/// Runs of the group that were lost at the stage, and the reason that most of them have.
struct Losses {
    std::size_t runs = 0;
    std::string reason;

    /// `: exit 1`, `, most often: exit 1`
    [[nodiscard]] std::string why() const { return (runs == 1 ? ": " : ", most often: ") + shorten_text(reason, 120); }
};

Losses losses_at(const Group& group, Stage stage) {
    Losses losses;
    std::map<std::string, std::size_t> reasons;
    std::size_t most = 0;
    for (const Run& run : group.runs) {
        if (!run.is_control && lost_at(run) == stage) {
            ++losses.runs;
            const std::string reason = run.exclusion ? run.exclusion->reason : run.flags.front().reason;
            if (++reasons[reason] > most) {
                most = reasons[reason];
                losses.reason = reason;
            }
        }
    }
    return losses;
}

/// Collects the warnings of one group.
class GroupWarnings {
public:
    /// `place`: before each text, to say which group it is about.
    GroupWarnings(const Group& group, std::string place, std::vector<Warning>& warnings)
        : group_(group), place_(std::move(place)), warnings_(warnings), analysed_(analysed_runs(group.runs).size()) {}

    void add_all() {
        warn_of_nothing();
        warn_of_energy();
        warn_of_failures();
        warn_of_drift();
        warn_of_flags();
        warn_of_models();
        warn_of_replicates();
        warn_of_directions();
        warn_of_order();
    }

private:
    void add(const std::string& text, std::string remedy, std::string anchor) {
        warnings_.push_back({place_ + text, std::move(remedy), std::move(anchor)});
    }

    [[nodiscard]] std::size_t planned() const { return count_stages(group_.runs).front().runs; }

    void warn_of_nothing() {
        if (analysed_ == 0) {
            add(fmt::format("None of {} can be analysed.", counted(planned(), "planned run")),
                "The list of excluded runs has the reasons.", "flow");
        }
    }

    void warn_of_energy() {
        if (group_.energy_parts.empty()) {
            add(fmt::format("{}{}. The analyses are about duration and quality.", kNoEnergyText,
                            group_.no_energy ? ": " + *group_.no_energy : ""),
                "`mutation doctor` shows what each sensor needs.", "trust");
            return;
        }
        const Losses losses = losses_at(group_, Stage::energy);
        if (losses.runs > 0) {
            add(fmt::format("{} left out because of the energy{}.", counted(losses.runs, "run is", "runs are"),
                            losses.why()),
                "`mutation doctor` checks the sensors.", "trust");
        }
    }

    void warn_of_failures() {
        const Losses losses = losses_at(group_, Stage::succeeded);
        if (static_cast<double>(losses.runs) > kManyFailed * static_cast<double>(planned())) {
            add(fmt::format("{} of {} did not succeed{}.", losses.runs, counted(planned(), "run"), losses.why()),
                "Look at the logs of these runs: what remains may be a selection.", "flow");
        }
    }

    void warn_of_drift() {
        const Drift& drift = group_.analyses.drift;
        const double whole = drift.per_run_percent.value_or(0) * static_cast<double>(group_.runs.size());
        if (drift.permutation_p.value_or(1) < kConvincing && std::fabs(whole) > kHarmlessDriftPercent && drift.ci95) {
            add(fmt::format("The {} of equal runs changed by {} % {} a run during the session.", drift.outcome,
                            show_number(*drift.per_run_percent), show_interval(*drift.ci95)),
                drift.is_order_random
                    ? "The order was random, so the effects hold, with a larger spread. A longer cooldown may help."
                    : R"(Set "order" to "random" and "control_every", and run again.)",
                "noise");
        } else if (drift.control_p.value_or(1) < kConvincing) {
            add(fmt::format("The {} of the control runs changed by {} % a run.", drift.outcome,
                            show_number(drift.control_per_run_percent.value_or(0))),
                "Look at the control runs over time. A longer cooldown may help.", "noise");
        }
    }

    void warn_of_flags() {
        const Losses losses = losses_at(group_, Stage::unflagged);
        if (losses.runs > 0) {
            add(fmt::format("{} flagged and left out{}.", counted(losses.runs, "run is", "runs are"), losses.why()),
                "The table of runs has the reasons; the page can show the analyses with them.", "trust");
        }
    }

    void warn_of_models() {
        const auto fit = std::find_if(group_.analyses.fits.begin(), group_.analyses.fits.end(),
                                      [&](const Fit& candidate) { return candidate.outcome == group_.cost_name(); });
        if (fit == group_.analyses.fits.end() || analysed_ == 0) {
            return;
        }
        if (fit->reason) {
            add(fmt::format("There is no model of the {}: {}.", fit->outcome, *fit->reason),
                "The figures show each input alone.", "drives");
            return;
        }
        if (!fit->dropped.empty() || fit->condition_number.value_or(1) > kHardToTellApart) {
            add(fit->dropped.empty() ? "Some inputs changed together: their effects can hardly be told apart."
                                     : fmt::format("{} changed together with other inputs: no effects of their own.",
                                                   join(fit->dropped, ", ")),
                R"(Let the inputs vary independently, with "mode": "mutation".)", "drives");
        }
        for (const ModelCheck& check : fit->checks) {
            if ((check.name == "lack_of_fit" || check.name == "squared_terms") && check.p.value_or(1) < .01) {
                add(fmt::format("Straight lines do not describe the {} well ({}).", fit->outcome, show_p(*check.p)),
                    "Read the effects as means over the tried ranges, and look at the slices.", "drives");
            }
        }
    }

    void warn_of_replicates() {
        if (group_.analyses.replicates.reason && analysed_ > 0) {
            add("The noise is unknown: no configuration has two analysed runs. The probabilities of the front know "
                "only "
                "the sensors' bounds.",
                "Set \"replicates\" to 2 or more.", "noise");
        }
    }

    void warn_of_directions() {
        std::vector<std::string> unknown;
        for (const auto& [metric, higher_is_better] : group_.metrics) {
            if (!higher_is_better) {
                unknown.push_back(metric);
            }
        }
        if (!unknown.empty() && analysed_ > 0) {
            add(fmt::format("It is not known whether more is better: {}.", join(unknown, ", ")),
                "Add \"higher_is_better\" to the metric in settings/repos, and make the report again.", "worth");
        }
    }

    void warn_of_order() {
        const Drift& drift = group_.analyses.drift;
        if (!drift.is_order_random && drift.per_run_percent) {
            add("The order of the runs was not random: a drift of the machine can look like an effect.",
                R"(Set "order" to "random".)", "noise");
        }
    }

    const Group& group_;
    std::string place_;
    std::vector<Warning>& warnings_;
    std::size_t analysed_;
};

} // namespace

std::vector<Warning> report_warnings(const Report& report) {
    std::vector<Warning> warnings;
    for (const SessionSource& session : report.sessions) {
        if (!session.damaged.empty()) {
            warnings.push_back(
                {fmt::format("{} of {} could not be read: {}.", counted(session.damaged.size(), "record"), session.name,
                             session.damaged.front()),
                 "They are left out; no file was changed.", "flow"});
        }
    }
    if (report.groups.empty()) {
        warnings.push_back({"There is no run to report.", "", "flow"});
    }
    const std::vector<std::string> labels = group_labels(report.groups);
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        GroupWarnings(report.groups[i], report.groups.size() > 1 ? labels[i] + ": " : "", warnings).add_all();
    }
    return warnings;
}

} // namespace mutation::report
