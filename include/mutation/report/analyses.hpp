#pragma once

#include "mutation/core/units.hpp"
#include "mutation/report/run.hpp"
#include "mutation/stats/interval.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// What the analyses of one group give. Numbers that the data cannot bear are none, with a reason beside them.
/// `outcome` is `energy` (ln J), `duration` (ln s), `power` (ln W) or the name of a metric (logit if all values lie
/// in (0, 1), else as they are).
namespace mutation::report {

/// How a hyperparameter enters the models.
enum class Coding {
    log,     ///< ln x
    linear,  ///< x
    zero,    ///< [x = 0] and [x > 0] (ln x - mean ln of the positive values)
    choice,  ///< a contrast of each level with the default
    constant ///< not at all: all runs have the same value
};

struct Input {
    std::string hyperparameter;
    Coding coding = Coding::constant;
    std::optional<stats::Interval> tried; ///< smallest and largest number; none: no numbers
    std::vector<std::string> levels;      ///< of choices and booleans, the default first
};

/// Which column of an input an effect belongs to.
enum class Term { log, linear, zero, choice };

/// What an effect's ratio compares.
enum class RatioOf { doubling, p10_to_p90, zero_to_typical, level_to_default };

struct Effect {
    std::string outcome;
    std::string hyperparameter;
    Term term = Term::log;
    std::optional<std::string> level; ///< of a choice
    double estimate = 0;              ///< slope or contrast, on the model's scale
    double standard_error = 0;
    std::optional<double> hc3_standard_error;
    stats::Interval ci95;
    double p = 1;
    double p_holm = 1; ///< over all terms and outcomes of the group
    /// Energy, duration and power only (and metrics on the logit scale: none).
    std::optional<stats::Ratio> ratio;
    std::optional<RatioOf> ratio_of;
    std::string ratio_text; ///< "x2", "0.1 to 0.9", "0 against 0.01", "adam against sgd"
    /// Metrics only: the change of the metric over the same step, in the metric's own unit at its mean.
    std::optional<double> change;
};

/// A statistic with its p, by name: `lack_of_fit`, `squared_terms`, `breusch_pagan`, `anderson_darling`.
struct ModelCheck {
    std::string name;
    std::optional<double> statistic;
    std::optional<double> p;
    std::optional<std::string> reason; ///< why there is none
};

/// A model of one outcome. Without numbers: `reason` says why.
struct Fit {
    std::string outcome;
    bool is_logit = false;
    std::size_t n = 0;
    std::size_t p = 0;
    std::optional<double> r2;
    std::optional<double> residual_sd;
    std::optional<double> condition_number;
    std::optional<double> largest_cooks_distance;
    std::optional<RunKey> largest_cooks_run;
    std::vector<ModelCheck> checks;
    std::vector<std::string> dropped; ///< hyperparameters whose columns are combinations of others
    std::optional<std::string> reason;
};

/// b_energy = b_duration + b_power on the same inputs and runs.
struct Split {
    std::string hyperparameter;
    Term term = Term::log;
    std::optional<std::string> level;
    double energy = 0;
    double duration = 0;
    double power = 0;
};

/// Energy against epochs by Theil-Sen: a fixed cost is the intercept.
struct EpochCost {
    double joules_per_epoch = 0;
    stats::Interval ci95;
    double fixed_joules = 0;
};

struct ImportanceShare {
    std::string outcome;
    std::string hyperparameter;
    double share = 0;
    std::optional<stats::Interval> ci95;
    std::optional<double> spearman; ///< none: the input is no number
    std::optional<double> spearman_p;
    bool is_not_straight = false; ///< the ranks speak, the line is silent
};

/// A pair of effects of one hyperparameter that are both significant after Holm.
struct TradeOff {
    std::string metric;
    std::string hyperparameter;
    int energy_sign = 0;
    int metric_sign = 0;
    std::optional<bool> is_conflict; ///< better quality costs energy; none: direction of the metric unknown
};

/// A two-way interaction that was estimated.
struct Interaction {
    std::string outcome;
    std::string first;
    std::string second;
    double estimate = 0;
    stats::Interval ci95;
    double p_holm = 1;
};

/// One configuration on the plane of energy (of duration if no energy was measured) and a metric.
struct ParetoPoint {
    std::vector<RunKey> runs; ///< its replicates
    double cost = 0;          ///< J or s, mean
    double metric = 0;        ///< mean
    bool is_on_front = false;
    double front_probability = 0;         ///< that it would be on the front if all were measured again
    std::optional<double> cost_per_point; ///< to the next better neighbour on the front: J or s per unit of the metric
};

struct Pareto {
    std::string metric;
    std::string cost; ///< `energy` or `duration`
    std::optional<bool> higher_is_better;
    std::vector<ParetoPoint> points;
    std::optional<double> hypervolume;        ///< in units of cost times metric
    std::optional<stats::Interval> reference; ///< low: cost, high: metric of the reference point
    /// The cheapest within 1 point (1 % of the metric's range if it is not in [0, 1] or in %) of the best.
    std::optional<std::size_t> best;
    std::optional<std::size_t> cheapest_near_best;
    std::optional<double> saving_percent; ///< of the cheapest against the best
    std::optional<std::string> reason;    ///< why there is no front, with the remedy
};

struct DetectableRatio {
    std::size_t n = 0; ///< runs a side
    double ratio = 1;
};

/// Spread of like runs. Of energy, or of duration if no energy was measured.
struct Replicates {
    std::string outcome;
    std::size_t configurations = 0; ///< with at least two runs
    std::optional<double> sd_log;
    std::optional<stats::Interval> sd_ci95;
    std::optional<double> cv_percent;
    std::vector<DetectableRatio> detectable; ///< n = 2, 3, 5, 10, 20
    std::optional<std::string> reason;
};

/// Whether the machine changed during the session: residuals of ln E against the order and temperature of starts.
struct Drift {
    std::string outcome;
    std::optional<double> per_run_percent;
    std::optional<stats::Interval> ci95;
    std::optional<double> permutation_p;
    std::optional<double> per_celsius_percent;
    std::optional<double> per_celsius_p;
    std::optional<double> lag1_autocorrelation;
    std::size_t control_runs = 0;
    std::optional<double> control_per_run_percent;
    std::optional<double> control_p;
    std::optional<double> control_spread_percent;
    bool is_order_random = false;
    std::optional<std::string> reason;
};

/// What a background changes, against the same model without one.
struct BackgroundEffect {
    std::string outcome;
    std::optional<stats::Ratio> ratio;
    double p_holm = 1;
    std::vector<Interaction> interactions; ///< input x background
    std::optional<std::string> reason;
};

/// All analyses of one set of runs of a group.
struct Analyses {
    std::vector<Effect> effects;
    std::vector<Fit> fits;
    std::vector<Split> splits;
    std::optional<EpochCost> epoch_cost;
    std::vector<ImportanceShare> importance;
    std::vector<TradeOff> trade_offs;
    std::vector<Interaction> interactions;
    std::optional<std::string> no_interactions; ///< why they cannot be estimated
    std::vector<Pareto> pareto;
    Replicates replicates;
    Drift drift;
};

} // namespace mutation::report
