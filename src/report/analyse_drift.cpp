#include "analyse_drift.hpp"

#include "analyse_replicates.hpp"
#include "cost.hpp"
#include "mutation/stats/association.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace mutation::report {

namespace {

constexpr stats::Resampling kDriftPermutations{1000, 2};
constexpr std::size_t kRunsBeyondDriftColumns = 6;
constexpr std::size_t kFewestControlsForSlope = 3;

double percent_of(double log_change) {
    return 100 * std::expm1(log_change);
}

/// Places in the order of the starts, from 0.
std::map<const Run*, double> start_places(const Group& group) {
    std::map<const Run*, double> places;
    for (const Run& run : group.runs) {
        if (run.start) {
            const auto place = static_cast<double>(places.size());
            places[&run] = place;
        }
    }
    return places;
}

/// The rows of a drift model: ln cost, a predictor and the inputs of some runs, in the order of their starts.
struct DriftRows {
    std::vector<double> log_costs;
    std::vector<double> predictor;
    stats::Columns inputs;

    void add(double log_cost, double value, const stats::Columns& all_inputs, std::size_t row) {
        log_costs.push_back(log_cost);
        predictor.push_back(value);
        inputs.resize(all_inputs.size());
        for (std::size_t j = 0; j < all_inputs.size(); ++j) {
            inputs[j].push_back(all_inputs[j][row]);
        }
    }

    /// What the inputs leave over of a column. With all inputs constant: what its mean does.
    [[nodiscard]] std::vector<double> remainder(const std::vector<double>& column) const {
        if (!inputs.empty()) {
            if (const auto fit = stats::fit_least_squares(inputs, column)) {
                return fit->residuals;
            }
        }
        std::vector<double> rest = column;
        const double center = stats::mean(column);
        for (double& value : rest) {
            value -= center;
        }
        return rest;
    }
};

/// The slope of ln cost on the predictor, all inputs equal.
struct Slope {
    stats::TEstimate estimate;
    double permutation_p = 1;
};

stats::Result<Slope> slope_of(const DriftRows& rows) {
    stats::Columns columns = rows.inputs;
    columns.push_back(rows.predictor);
    const auto fit = stats::fit_least_squares(columns, rows.log_costs);
    if (!fit) {
        return fit.refusal();
    }
    const auto association =
        stats::permuted_slope(rows.remainder(rows.predictor), rows.remainder(rows.log_costs), kDriftPermutations);
    if (!association) {
        return stats::Refusal{"the inputs explain all differences between the runs", {}};
    }
    return Slope{fit->coefficients.back(), association->permutation_p};
}

/// The runs as rows, in the order of their starts; those without a value of the predictor are left out.
template <class Predictor>
DriftRows rows_of(const Group& group, const std::vector<const Run*>& runs, const stats::Columns& inputs,
                  const Predictor& predictor) {
    const std::map<const Run*, double> places = start_places(group);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (places.contains(runs[i]) && cost_of(group, *runs[i]) && predictor(*runs[i], places)) {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return places.at(runs[a]) < places.at(runs[b]); });
    DriftRows rows;
    for (const std::size_t i : order) {
        rows.add(std::log(*cost_of(group, *runs[i])), *predictor(*runs[i], places), inputs, i);
    }
    return rows;
}

std::optional<double> place_of(const Run& run, const std::map<const Run*, double>& places) {
    return places.at(&run);
}

std::optional<double> temperature_of(const Run& run, const std::map<const Run*, double>& /*places*/) {
    return run.start_temperature ? std::optional(run.start_temperature->value()) : std::nullopt;
}

void add_controls(Drift& drift, const Group& group) {
    const std::map<const Run*, double> places = start_places(group);
    std::vector<double> order;
    std::vector<double> log_costs;
    for (const Run& run : group.runs) {
        const std::optional<double> cost = cost_of(group, run);
        if (run.is_control && run.start && cost && !run.exclusion) {
            order.push_back(places.at(&run));
            log_costs.push_back(std::log(*cost));
        }
    }
    drift.control_runs = order.size();
    if (order.size() >= 2) {
        drift.control_spread_percent = cv_percent_of(std::sqrt(stats::sample_variance(log_costs)));
    }
    if (order.size() >= kFewestControlsForSlope) {
        if (const auto slope = stats::permuted_slope(order, log_costs, kDriftPermutations)) {
            drift.control_per_run_percent = percent_of(slope->estimate);
            drift.control_p = slope->permutation_p;
        }
    }
}

void add_temperature(Drift& drift, const DriftRows& rows) {
    if (rows.predictor.size() < rows.inputs.size() + 1 + kRunsBeyondDriftColumns) {
        return;
    }
    if (const auto slope = slope_of(rows)) {
        drift.per_celsius_percent = percent_of(slope->estimate.value);
        drift.per_celsius_p = slope->permutation_p;
    }
}

} // namespace

Drift analyse_drift(const Group& group, const std::vector<const Run*>& runs, const stats::Columns& inputs) {
    Drift drift;
    drift.outcome = group.cost_name();
    add_controls(drift, group);
    const DriftRows rows = rows_of(group, runs, inputs, place_of);
    const std::size_t needed = inputs.size() + 1 + kRunsBeyondDriftColumns;
    if (rows.predictor.size() < needed) {
        drift.reason =
            fmt::format("{} runs; with {} columns of inputs it needs {}", rows.predictor.size(), inputs.size(), needed);
        return drift;
    }
    const auto slope = slope_of(rows);
    if (!slope) {
        drift.reason = slope.refusal().column
                           ? R"(the order of the runs cannot be told apart from their inputs; set "order" to "random")"
                           : slope.refusal().reason;
        return drift;
    }
    const stats::Interval interval = stats::t_interval(slope->estimate);
    drift.per_run_percent = percent_of(slope->estimate.value);
    drift.ci95 = stats::Interval{percent_of(interval.low), percent_of(interval.high)};
    drift.permutation_p = slope->permutation_p;
    drift.lag1_autocorrelation = stats::lag1_autocorrelation(rows.remainder(rows.log_costs));
    add_temperature(drift, rows_of(group, runs, inputs, temperature_of));
    return drift;
}

} // namespace mutation::report
