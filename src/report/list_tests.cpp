#include "list_tests.hpp"

#include "display.hpp"
#include "group_labels.hpp"

#include <fmt/format.h>
#include <map>

namespace mutation::report {

namespace {

/// What a check is called, and what a small p says.
struct CheckWords {
    const char* name;
    const char* finding;
};

const CheckWords& words_of_check(const std::string& name) {
    static const std::map<std::string, CheckWords> known{
        {"lack_of_fit", {"lack of fit, F test against pure error", "straight lines miss something"}},
        {"squared_terms", {"squared terms, F test", "straight lines miss something"}},
        {"breusch_pagan", {"Breusch-Pagan test (Koenker)", "the spread depends on the inputs: see HC3"}},
        {"anderson_darling", {"Anderson-Darling test of the residuals", "the residuals are not normal"}}};
    static const CheckWords other{"check of the model", "the model does not hold"};
    const auto found = known.find(name);
    return found == known.end() ? other : found->second;
}

/// Collects the tests of one group.
class TestCollector {
public:
    TestCollector(std::string label, std::vector<TestMade>& tests) : label_(std::move(label)), tests_(tests) {}

    void add_all(const Group& group) {
        const Analyses& analyses = group.analyses;
        for (const Effect& effect : analyses.effects) {
            add_effect(effect);
        }
        for (const Fit& fit : analyses.fits) {
            add_fit(fit);
        }
        for (const ImportanceShare& share : analyses.importance) {
            if (share.spearman_p) {
                add("Spearman's rank correlation, permutation test", share.outcome + ": " + share.hyperparameter,
                    share.spearman_p, fmt::format("rho {}", show_number(share.spearman.value_or(0))));
            }
        }
        for (const Interaction& interaction : analyses.interactions) {
            add_interaction(interaction);
        }
        add_drift(analyses.drift);
        if (group.background_effect) {
            add_background(*group.background_effect);
        }
    }

private:
    void add(std::string name, std::string subject, std::optional<double> p, std::string result) {
        tests_.push_back({label_, std::move(name), std::move(subject), p, std::move(result)});
    }

    void add_missing(std::string name, std::string subject, const std::optional<std::string>& reason) {
        add(std::move(name), std::move(subject), std::nullopt, "not made: " + reason.value_or("no data"));
    }

    void add_effect(const Effect& effect) {
        const std::string size = effect.ratio
                                     ? show_ratio(*effect.ratio)
                                     : fmt::format("{} {}", show_number(effect.estimate), show_interval(effect.ci95));
        add("t test", fmt::format("{}: {} {}", effect.outcome, effect.hyperparameter, effect.ratio_text), effect.p,
            fmt::format("{}, {} by Holm", size, show_p(effect.p_holm)));
    }

    void add_fit(const Fit& fit) {
        if (fit.reason) {
            add_missing("least squares", fit.outcome, fit.reason);
        }
        for (const ModelCheck& check : fit.checks) {
            const CheckWords& words = words_of_check(check.name);
            if (check.p) {
                add(words.name, fit.outcome, check.p, *check.p < .05 ? words.finding : "nothing found");
            } else {
                add_missing(words.name, fit.outcome, check.reason);
            }
        }
    }

    void add_interaction(const Interaction& interaction) {
        add("t test of an interaction",
            fmt::format("{}: {} x {}", interaction.outcome, interaction.first, interaction.second), interaction.p_holm,
            fmt::format("{} {}, p by Holm", show_number(interaction.estimate), show_interval(interaction.ci95)));
    }

    void add_drift(const Drift& drift) {
        const std::string subject = drift.outcome + " and the order of the runs";
        if (drift.permutation_p) {
            add("permutation test of the drift", subject, drift.permutation_p,
                fmt::format("{} % a run", show_number(drift.per_run_percent.value_or(0))));
        } else {
            add_missing("permutation test of the drift", subject, drift.reason);
        }
        if (drift.per_celsius_p) {
            add("permutation test of the temperature", drift.outcome + " and the temperature at the start",
                drift.per_celsius_p, fmt::format("{} % a degree", show_number(drift.per_celsius_percent.value_or(0))));
        }
        if (drift.control_p) {
            add("permutation test of the control runs", drift.outcome + " and the order of the control runs",
                drift.control_p, fmt::format("{} % a run", show_number(drift.control_per_run_percent.value_or(0))));
        }
    }

    void add_background(const BackgroundEffect& effect) {
        if (!effect.ratio) {
            add_missing("t test", effect.outcome + ": background", effect.reason);
            return;
        }
        add("t test", effect.outcome + ": with against without background", effect.p_holm,
            show_ratio(*effect.ratio) + ", p by Holm");
        for (const Interaction& interaction : effect.interactions) {
            add_interaction(interaction);
        }
    }

    std::string label_;
    std::vector<TestMade>& tests_;
};

} // namespace

std::vector<TestMade> list_tests(const std::vector<Group>& groups) {
    const std::vector<std::string> labels = group_labels(groups);
    std::vector<TestMade> tests;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        TestCollector(labels[i], tests).add_all(groups[i]);
    }
    return tests;
}

} // namespace mutation::report
