#include "model.hpp"

#include "fit_checks.hpp"
#include "mutation/core/counted.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace mutation::report {

namespace {

CodedInputs without_column(const CodedInputs& inputs, std::size_t column) {
    CodedInputs rest = inputs;
    rest.columns.erase(rest.columns.begin() + static_cast<std::ptrdiff_t>(column));
    rest.values.erase(rest.values.begin() + static_cast<std::ptrdiff_t>(column));
    return rest;
}

/// The column to leave out, if stats refused the model because of column `refused`. In a plan that changes one
/// hyperparameter at a time the columns of the runs without a value add up to a constant: one of these is left out
/// then, which changes no other effect.
std::size_t redundant_column(const CodedInputs& inputs, const std::vector<double>& outcome, std::size_t refused) {
    for (std::size_t j = inputs.columns.size(); j-- > 0;) {
        if (inputs.columns[j].level == kNotSet && stats::fit_least_squares(without_column(inputs, j).values, outcome)) {
            return j;
        }
    }
    return refused;
}

std::string too_few_runs(std::size_t runs, std::size_t columns) {
    const std::size_t needed = columns + kRunsBeyondColumns;
    return fmt::format("{} and {} of the inputs: the model needs {} runs, {} more", counted(runs, "run"),
                       counted(columns, "column"), needed, needed - runs);
}

void describe_line(Model& model) {
    const stats::LinearFit& line = *model.line;
    Fit& fit = model.fit;
    fit.r2 = line.r2;
    fit.residual_sd = line.residual_sd;
    fit.condition_number = line.condition_number;
    for (std::size_t i = 0; i < line.cooks_distance.size(); ++i) {
        const std::optional<double>& distance = line.cooks_distance[i];
        if (distance && (!fit.largest_cooks_distance || *distance > *fit.largest_cooks_distance)) {
            fit.largest_cooks_distance = *distance;
            fit.largest_cooks_run = model.outcome.runs[i]->key;
        }
    }
    fit.checks = check_fit(model);
}

/// Fits and leaves out columns until the fit is possible. Sets `fit.reason` if it is not.
void fit_line(Model& model) {
    while (true) {
        auto result = stats::fit_least_squares(model.inputs.values, model.outcome.values);
        if (result) {
            model.line = *result;
            return;
        }
        const stats::Refusal& refusal = result.refusal();
        if (!refusal.column || model.inputs.columns.size() == 1) {
            model.fit.reason = refusal.reason;
            return;
        }
        const std::size_t column = redundant_column(model.inputs, model.outcome.values, *refusal.column);
        const CodedColumn& left_out = model.inputs.columns[column];
        const std::string& name = model.inputs.inputs[left_out.input].hyperparameter;
        std::vector<std::string>& dropped = model.fit.dropped;
        if (left_out.level != kNotSet && std::find(dropped.begin(), dropped.end(), name) == dropped.end()) {
            dropped.push_back(name);
        }
        model.inputs = without_column(model.inputs, column);
    }
}

} // namespace

Model fit_model(const Group& group, Outcome outcome) {
    Model model;
    model.all_inputs = code_inputs(group, outcome.runs);
    model.inputs = model.all_inputs;
    model.outcome = std::move(outcome);
    Fit& fit = model.fit;
    fit.outcome = model.outcome.name;
    fit.is_logit = model.outcome.is_logit;
    fit.n = model.outcome.values.size();
    fit.p = model.inputs.columns.size();
    if (fit.p == 0) {
        fit.reason = fit.n == 0   ? "no run has it"
                     : fit.n == 1 ? "there is one run only"
                                  : "no hyperparameter has different values in these runs";
        return model;
    }
    if (fit.n >= fit.p + 2) {
        fit_line(model);
        fit.p = model.inputs.columns.size();
    }
    if (fit.n < fit.p + kRunsBeyondColumns) {
        model.line.reset();
        fit.reason = too_few_runs(fit.n, fit.p);
    }
    if (model.line) {
        describe_line(model);
    }
    return model;
}

std::vector<Model> fit_models(const Group& group, const std::vector<const Run*>& runs) {
    std::vector<Model> models;
    for (Outcome& outcome : make_outcomes(group, runs)) {
        models.push_back(fit_model(group, std::move(outcome)));
    }
    return models;
}

} // namespace mutation::report
