#include "sample_report.hpp"

#include "mutation/stats/holm.hpp"
#include "mutation/stats/pareto.hpp"
#include "mutation/stats/t_test_power.hpp"
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

/// The front is computed, the probabilities are made up.
void add_front(Pareto& pareto) {
    std::vector<stats::Point> plane;
    for (const ParetoPoint& point : pareto.points) {
        plane.push_back({point.cost, point.metric});
    }
    const stats::Objectives objectives{stats::Direction::minimise, stats::Direction::maximise};
    const std::vector<bool> front = stats::pareto_front(plane, objectives);
    pareto.reference = stats::Interval{plane[0].first, plane[0].second};
    for (std::size_t i = 0; i < plane.size(); ++i) {
        pareto.points[i].is_on_front = front[i];
        pareto.points[i].front_probability = front[i] ? (i % 3 == 1 ? .41 : .93) : .02;
        pareto.points[i].cost_per_point =
            front[i] ? std::optional<double>(9000 + 100 * static_cast<double>(i)) : std::nullopt;
        pareto.reference->low = std::max(pareto.reference->low, plane[i].first);
        pareto.reference->high = std::min(pareto.reference->high, plane[i].second);
        if (!pareto.best || plane[i].second > plane[*pareto.best].second) {
            pareto.best = i;
        }
    }
    pareto.hypervolume = stats::hypervolume(plane, {pareto.reference->low, pareto.reference->high}, objectives);
    for (std::size_t i = 0; i < plane.size(); ++i) {
        const double near = plane[*pareto.best].second - (pareto.cost == "energy" ? .01 : 1);
        if (plane[i].second >= near &&
            (!pareto.cheapest_near_best || plane[i].first < plane[*pareto.cheapest_near_best].first)) {
            pareto.cheapest_near_best = i;
        }
    }
    pareto.saving_percent = 100 * (1 - plane[*pareto.cheapest_near_best].first / plane[*pareto.best].first);
}

/// Averages runs of a configuration.
Pareto make_pareto(const std::vector<Run>& runs, const std::string& metric, bool is_energy,
                   std::optional<bool> higher) {
    Pareto pareto;
    pareto.metric = metric;
    pareto.cost = is_energy ? "energy" : "duration";
    pareto.higher_is_better = higher;
    std::map<std::size_t, ParetoPoint> points;
    for (const Run& run : runs) {
        if (!run.is_control && !run.exclusion && run.flags.empty()) {
            ParetoPoint& point = points[run.configuration];
            point.runs.push_back(run.key);
            point.cost += is_energy ? run.energy->value() : run.duration->count();
            point.metric += run.metrics.at(metric);
        }
    }
    for (auto& [number, point] : points) {
        point.cost /= static_cast<double>(point.runs.size());
        point.metric /= static_cast<double>(point.runs.size());
        pareto.points.push_back(point);
    }
    if (!higher) {
        pareto.reason = "the direction of " + metric +
                        " is not known; add \"higher_is_better\" to the metric in the registry and report again";
        return pareto;
    }
    add_front(pareto);
    return pareto;
}

Analyses make_analyses(const std::vector<Run>& runs, double shift) {
    Analyses analyses;
    add_effects(analyses, shift);
    add_fits(analyses, runs.size() - 10, runs[1].key);
    add_importance(analyses);
    add_others(analyses, runs.size() - 10);
    analyses.pareto = {make_pareto(runs, "accuracy", true, true), make_pareto(runs, "loss", true, std::nullopt)};
    analyses.replicates = {"energy", runs.size() / 2 - 8, .0213, stats::Interval{.0161, .0315}, 2.13, {}, {}};
    for (const std::size_t n : {2U, 3U, 5U, 10U, 20U}) {
        analyses.replicates.detectable.push_back({n, stats::smallest_detectable_ratio(.0213, n)});
    }
    analyses.drift = {"energy", .021, stats::Interval{-.043, .085}, .52, .11, .34, .08, 3, .03, .67, 1.9, true, {}};
    return analyses;
}

Group digits_group(std::size_t runs) {
    Group group;
    group.key = {"digits",
                 "mlp",
                 {},
                 {"AMD EPYC 7713 64-Core Processor", {"NVIDIA A100-SXM4-80GB"}, "535.161.07", "performance"}};
    group.runs = sample_runs(runs);
    group.configurations = (runs + 1) / 2;
    group.energy_parts = {EnergyPart::cpu, EnergyPart::gpu};
    group.metrics = {{"accuracy", true}, {"loss", std::nullopt}};
    group.inputs = {{"epochs", Coding::log, stats::Interval{5, 80}, {}},
                    {"learning_rate", Coding::log, stats::Interval{.0001, .01}, {}},
                    {"dropout", Coding::zero, stats::Interval{0, .5}, {}},
                    {"optimizer", Coding::choice, {}, {"sgd", "adam"}},
                    {"batch_size", Coding::constant, stats::Interval{64, 64}, {}}};
    group.analyses = make_analyses(group.runs, 0);
    group.with_flagged = make_analyses(group.runs, .04);
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
    group.analyses.pareto = {make_pareto(group.runs, kHostileMetric, false, true)};
    group.analyses.replicates.outcome = "duration";
    group.analyses.replicates.reason = "no configuration was run twice";
    group.analyses.drift.outcome = "duration";
    group.analyses.drift.is_order_random = true;
    group.analyses.drift.reason = few;
    group.background_effect = BackgroundEffect{"duration", stats::Ratio{1.31, {1.12, 1.53}}, .004, {}, {}};
    return group;
}

void add_flow(Report& report) {
    constexpr std::array stages{Stage::planned, Stage::run,       Stage::succeeded, Stage::metrics,
                                Stage::energy,  Stage::unflagged, Stage::analysed};
    for (const Stage stage : stages) {
        FlowStep step{stage, 0};
        for (const Group& group : report.groups) {
            for (const Run& run : group.runs) {
                const bool is_lost = (run.exclusion && run.exclusion->stage <= stage) ||
                                     (!run.flags.empty() && Stage::unflagged <= stage);
                step.runs += !run.is_control && !is_lost ? 1 : 0;
            }
        }
        report.flow.push_back(step);
    }
    for (const Group& group : report.groups) {
        for (const Run& run : group.runs) {
            if (run.exclusion) {
                report.excluded.push_back(*run.exclusion);
            }
        }
    }
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
    add_flow(report);
    report.waste = {Joules(61200), Joules(402300), Joules(88100), Seconds(2400)};
    report.carbon = Carbon{Joules(3480000), 371.2, .338, {384, .35, "EUR", 1.2}};
    report.warnings = {
        {"digits/mlp: 2 of 40 runs are flagged.", "Look at them in the table of runs.", "trust"},
        {"digits/mlp: the direction of loss is not known.", "Add \"higher_is_better\" to the metric in the registry.",
         "worth"},
        {std::string(kHostileRepository) + ": no energy was measured: a virtual machine has no RAPL.", "", "trust"}};
    report.tests = {{"digits/mlp", "t test", "energy: epochs, per doubling", 1e-28, "x1.93 [1.88, 1.98]"},
                    {"digits/mlp", "Breusch-Pagan", "energy", .43, "no sign of unequal variances"},
                    {"digits/mlp", "squared terms", "energy", std::nullopt, "not made: configurations were run twice"}};
    report.methods = "Energy is the sum of processor package, memory and GPU. Models are ordinary least squares.";
    return report;
}

} // namespace mutation::test
