#include "sample_report.hpp"

#include "../src/report/analyse_pareto.hpp"
#include "../src/report/analyse_replicates.hpp"
#include "../src/report/describe_methods.hpp"
#include "../src/report/flow.hpp"
#include "../src/report/list_tests.hpp"
#include "../src/report/measure_waste.hpp"
#include "../src/report/report_warnings.hpp"
#include "../src/report/stage_counts.hpp"
#include "mutation/stats/holm.hpp"
#include "sample_runs.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mutation::test {

using namespace report;

namespace {

/// A coefficient as a model would give it, for the outcomes in the order energy, duration, accuracy, loss.
struct ModelTerm {
    const char* hyperparameter;
    Term term;
    const char* level;
    RatioOf ratio_of;
    double step; ///< of the ratio
    const char* ratio_text;
    std::array<double, 4> estimates;
    std::array<double, 4> errors;
};

const double kLn2 = std::log(2);
const std::vector<ModelTerm>& terms() {
    static const std::vector<ModelTerm> all{
        {"epochs", Term::log, nullptr, RatioOf::doubling, kLn2, "x2", {.948, .93, .61, -.47}, {.018, .012, .05, .04}},
        {"learning_rate",
         Term::log,
         nullptr,
         RatioOf::doubling,
         kLn2,
         "x2",
         {.011, .002, -.02, .01},
         {.009, .006, .03, .02}},
        {"dropout",
         Term::zero,
         nullptr,
         RatioOf::zero_to_typical,
         1,
         "0 against 0.232",
         {-.006, -.004, .09, -.03},
         {.012, .008, .04, .03}},
        {"dropout", Term::log, nullptr, RatioOf::doubling, kLn2, "x2", {.004, .003, -.12, .08}, {.01, .007, .04, .03}},
        {"optimizer",
         Term::choice,
         "adam",
         RatioOf::level_to_default,
         1,
         "adam against sgd",
         {.121, .113, .02, -.01},
         {.011, .008, .05, .04}},
    };
    return all;
}

constexpr std::array kOutcomes{"energy", "duration", "accuracy", "loss"};
constexpr double kFreedom = 27;

Effect make_effect(const ModelTerm& term, const std::string& outcome, double estimate, double error) {
    const stats::TEstimate number{estimate, error, kFreedom};
    Effect effect;
    effect.outcome = outcome;
    effect.hyperparameter = term.hyperparameter;
    effect.term = term.term;
    if (term.level != nullptr) {
        effect.level = term.level;
    }
    effect.estimate = estimate;
    effect.standard_error = error;
    effect.hc3_standard_error = 1.07 * error;
    effect.ci95 = stats::t_interval(number);
    effect.p = stats::t_p_value(number);
    effect.ratio_of = term.ratio_of;
    effect.ratio_text = term.ratio_text;
    if (outcome == "accuracy" || outcome == "loss") {
        effect.change = .08 * term.step * estimate;
    } else {
        effect.ratio = stats::to_ratio(number, term.step);
    }
    return effect;
}

void add_effects(Analyses& analyses, double shift) {
    for (const ModelTerm& term : terms()) {
        for (std::size_t k = 0; k < kOutcomes.size(); ++k) {
            analyses.effects.push_back(
                make_effect(term, kOutcomes[k], term.estimates[k] + shift, (1 + 9 * shift) * term.errors[k]));
        }
        const double power = term.estimates[0] - term.estimates[1];
        analyses.effects.push_back(make_effect(term, "power", power, .7 * term.errors[0]));
        analyses.splits.push_back({term.hyperparameter, term.term,
                                   term.level != nullptr ? std::optional<std::string>(term.level) : std::nullopt,
                                   term.estimates[0], term.estimates[1], power});
    }
    std::vector<double> p;
    for (const Effect& effect : analyses.effects) {
        p.push_back(effect.p);
    }
    const std::vector<double> adjusted = stats::holm(p);
    for (std::size_t i = 0; i < p.size(); ++i) {
        analyses.effects[i].p_holm = adjusted[i];
    }
}

void add_fits(Analyses& analyses, std::size_t n, const RunKey& key) {
    for (const char* outcome : {"energy", "duration", "power", "accuracy", "loss"}) {
        const bool is_quality = std::string(outcome) == "accuracy" || std::string(outcome) == "loss";
        Fit fit;
        fit.outcome = outcome;
        fit.is_logit = fit.outcome == "accuracy";
        fit.n = n;
        fit.p = 5;
        fit.r2 = is_quality ? .87 : .985;
        fit.residual_sd = is_quality ? .21 : .024;
        fit.condition_number = 1.84;
        fit.largest_cooks_distance = .31;
        fit.largest_cooks_run = key;
        fit.checks = {{"lack_of_fit", 1.31, .27, {}},
                      {"squared_terms", {}, {}, "configurations were run twice: see lack_of_fit"},
                      {"breusch_pagan", 4.9, .43, {}},
                      {"anderson_darling", .41, .33, {}}};
        analyses.fits.push_back(fit);
    }
}

void add_importance(Analyses& analyses) {
    for (const char* outcome : {"energy", "duration", "power", "accuracy", "loss"}) {
        const bool is_quality = std::string(outcome) == "accuracy" || std::string(outcome) == "loss";
        const std::array<double, 4> shares =
            is_quality ? std::array{.71, .04, .09, .03} : std::array{.948, .004, .003, .03};
        const std::array names{"epochs", "learning_rate", "dropout", "optimizer"};
        for (std::size_t k = 0; k < names.size(); ++k) {
            ImportanceShare share;
            share.outcome = outcome;
            share.hyperparameter = names[k];
            share.share = shares[k];
            share.ci95 = stats::Interval{.8 * shares[k], 1.03 * shares[k]};
            if (k < 3) {
                share.spearman = std::sqrt(shares[k]);
                share.spearman_p = k == 0 ? .0005 : .2;
            }
            share.is_not_straight = is_quality && k == 1;
            analyses.importance.push_back(share);
        }
    }
}

void add_others(Analyses& analyses, std::size_t n) {
    analyses.trade_offs = {{"accuracy", "epochs", 1, 1, true}, {"loss", "epochs", 1, -1, std::nullopt}};
    analyses.epoch_cost = EpochCost{4870, {4790, 4955}, 2210};
    analyses.no_interactions = "they need 110 runs in which all inputs vary together; there are " + std::to_string(n);
}

Analyses make_analyses(const Group& group, const std::vector<const Run*>& runs, double shift) {
    Analyses analyses;
    add_effects(analyses, shift);
    add_fits(analyses, runs.size(), runs[1]->key);
    add_importance(analyses);
    add_others(analyses, runs.size());
    analyses.pareto = analyse_pareto(group, runs);
    analyses.replicates = analyse_replicates(group, runs);
    analyses.drift = {"energy", .021, stats::Interval{-.043, .085}, .52, .11, .34, .08, 3, .03, .67, 1.9, true, {}};
    return analyses;
}

Group digits_group(std::size_t count) {
    Group group;
    group.key = {"digits",
                 "mlp",
                 {},
                 {"AMD EPYC 7713 64-Core Processor", {"NVIDIA A100-SXM4-80GB"}, "535.161.07", "performance"}};
    group.runs = sample_runs(count);
    group.configurations = (count + 1) / 2;
    group.energy_parts = {EnergyPart::cpu, EnergyPart::gpu};
    group.metrics = {{"accuracy", true}, {"loss", std::nullopt}};
    group.inputs = {{"epochs", Coding::log, stats::Interval{5, 80}, {}},
                    {"learning_rate", Coding::log, stats::Interval{.0001, .01}, {}},
                    {"dropout", Coding::zero, stats::Interval{0, .5}, {}},
                    {"optimizer", Coding::choice, {}, {"sgd", "adam"}},
                    {"batch_size", Coding::constant, stats::Interval{64, 64}, {}}};
    std::vector<const Run*> runs = analysed_runs(group.runs);
    group.analyses = make_analyses(group, runs, 0);
    for (const Run& run : group.runs) {
        if (!run.flags.empty()) {
            runs.push_back(&run);
        }
    }
    group.with_flagged = make_analyses(group, runs, .04);
    return group;
}

Group hostile_group() {
    Group group;
    group.key = {kHostileRepository,
                 kHostileModel,
                 BackgroundKey{"background </script>", "bert", {"epochs=3", "note=\"a, b\""}, true},
                 {"Common KVM processor", {}, "", ""}};
    group.runs = hostile_runs();
    group.configurations = 7;
    group.no_energy = "no sensor: this is a virtual machine without RAPL and without a GPU";
    group.metrics = {{kHostileMetric, true}};
    group.inputs = {{kHostileInput, Coding::log, stats::Interval{.001, .064}, {}}};
    const std::string few = "6 runs; a model of 1 input needs 7: 1 run more";
    for (const char* outcome : {"duration", kHostileMetric}) {
        Fit fit;
        fit.outcome = outcome;
        fit.n = 6;
        fit.p = 1;
        fit.reason = few;
        group.analyses.fits.push_back(fit);
    }
    group.analyses.no_interactions = "there is one input";
    group.analyses.pareto = analyse_pareto(group, analysed_runs(group.runs));
    group.analyses.replicates = analyse_replicates(group, analysed_runs(group.runs));
    group.analyses.drift.outcome = "duration";
    group.analyses.drift.is_order_random = true;
    group.analyses.drift.reason = few;
    group.background_effect = BackgroundEffect{"duration", stats::Ratio{1.31, {1.12, 1.53}}, .004, {}, {}};
    return group;
}

} // namespace

Report sample_report(std::size_t runs) {
    Report report;
    report.tool_version = "1.1.0";
    report.created = "2026-11-30T12:00:00+01:00";
    report.sessions = {{"run_20261120_090000",
                        "/home/user/results/run_20261120_090000",
                        "1.1.0",
                        false,
                        "mutation run -r digits -n 40 --seed 7",
                        true,
                        {},
                        {{"session.json", std::string(64, 'a')}}},
                       {"run_20261121_'quoted' & <b>",
                        "/home/user/results/run_20261121_'quoted' & <b>",
                        "3.0",
                        true,
                        "",
                        std::nullopt,
                        {"broken_001/experiment.json: line 1, column 5: not JSON"},
                        {}}};
    report.groups = {digits_group(runs), hostile_group()};
    report.control_runs = 3;
    report.flow = count_flow(report.groups);
    report.excluded = list_exclusions(report.groups);
    report.waste = measure_waste(report.groups);
    report.carbon = estimate_carbon(report.groups, {384, .35, "EUR", 1.2});
    report.warnings = report_warnings(report);
    report.tests = list_tests(report.groups);
    report.methods = describe_methods(report);
    return report;
}

} // namespace mutation::test
