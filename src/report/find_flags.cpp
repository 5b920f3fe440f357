#include "mutation/report/find_flags.hpp"

#include "fit_checks.hpp"
#include "model.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/robust_fit.hpp"
#include "outcome.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <utility>

namespace mutation::report {

namespace {

constexpr double kMostDeviations = 5;
/// Of normal data: standard deviation over median absolute deviation.
constexpr double kDeviationOfMad = 1.4826;
/// Utilisation is measured in whole points.
constexpr double kLeastUtilisationSpread = 1;

using Texts = std::map<const Run*, std::string>; ///< run -> reason of its flag

/// The robust fits of an outcome on the inputs: with straight lines, and with squares if that is possible. Empty if
/// there are too few runs.
std::vector<stats::RobustFit> fit_robustly(const Model& model) {
    std::vector<stats::RobustFit> fits;
    if (!model.line) {
        return fits;
    }
    stats::Columns columns = model.inputs.values;
    if (auto straight = stats::fit_robust(columns, model.outcome.values)) {
        fits.push_back(*straight);
    }
    for (std::vector<double>& square : squared_columns(model.inputs)) {
        columns.push_back(std::move(square));
    }
    if (columns.size() > model.inputs.values.size() && model.fit.n >= columns.size() + kRunsBeyondColumns) {
        if (auto curved = stats::fit_robust(columns, model.outcome.values)) {
            fits.push_back(*curved);
        }
    }
    return fits;
}

/// Whether it is true of row i of every fit; of no fit it is not.
template <class Condition>
bool agree(const std::vector<stats::RobustFit>& fits, Condition condition) {
    return !fits.empty() && std::all_of(fits.begin(), fits.end(), condition);
}

/// How far each value is from the median, in units of the spread that the rule allows.
std::vector<double> utilisation_distances(const std::vector<double>& values) {
    const double center = stats::median(values);
    const double spread = std::max(kDeviationOfMad * stats::median_absolute_deviation(values), kLeastUtilisationSpread);
    std::vector<double> distances;
    for (const double value : values) {
        distances.push_back((value - center) / spread);
    }
    return distances;
}

Texts find_odd_utilisation(const Group& group, const std::vector<const Run*>& runs) {
    Outcome outcome;
    for (const Run* run : runs) {
        if (run->utilisation) {
            outcome.runs.push_back(run);
            outcome.values.push_back(run->utilisation->value());
        }
    }
    Texts texts;
    if (outcome.values.size() < kRunsBeyondColumns) {
        return texts;
    }
    const double typical = stats::median(outcome.values);
    const Model model = fit_model(group, std::move(outcome));
    std::vector<std::vector<double>> distances;
    if (model.fit.p == 0) {
        distances.push_back(utilisation_distances(model.outcome.values));
    }
    for (const stats::RobustFit& fit : fit_robustly(model)) {
        distances.push_back(utilisation_distances(fit.residuals));
    }
    for (std::size_t i = 0; i < model.outcome.runs.size(); ++i) {
        if (!distances.empty() && std::all_of(distances.begin(), distances.end(), [&](const auto& of_fit) {
                return std::fabs(of_fit[i]) > kMostDeviations;
            })) {
            texts[model.outcome.runs[i]] = fmt::format("GPU utilisation {:.0f} %, unlike that of like runs (median "
                                                       "{:.0f} %)",
                                                       model.outcome.values[i], typical);
        }
    }
    return texts;
}

Texts find_residuals(const Group& group, const std::vector<const Run*>& runs) {
    Texts texts;
    for (Outcome& outcome : make_outcomes(group, runs)) {
        if (outcome.name != kPower && outcome.name != kDuration) {
            continue;
        }
        const Model model = fit_model(group, std::move(outcome));
        const std::vector<stats::RobustFit> fits = fit_robustly(model);
        for (std::size_t i = 0; i < model.outcome.runs.size(); ++i) {
            if (agree(fits, [&](const auto& fit) { return std::fabs(fit.standardised[i]) > kMostDeviations; })) {
                std::string& text = texts[model.outcome.runs[i]];
                text += fmt::format("{}{} {:+.0f} % from what its inputs lead to ({:.0f} standard deviations)",
                                    text.empty() ? "" : "; ", model.outcome.name,
                                    100 * std::expm1(fits.back().residuals[i]), std::fabs(fits.back().standardised[i]));
            }
        }
    }
    return texts;
}

void add_flags(Group& group, const Texts& texts, FlagSource by) {
    for (Run& run : group.runs) {
        if (const auto found = texts.find(&run); found != texts.end()) {
            run.flags.push_back({run.key, found->second, by});
        }
    }
}

} // namespace

void find_flags(Group& group) {
    add_flags(group, find_odd_utilisation(group, analysed_runs(group.runs)), FlagSource::utilisation);
    add_flags(group, find_residuals(group, analysed_runs(group.runs)), FlagSource::residual);
}

} // namespace mutation::report
