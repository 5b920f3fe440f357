#include "effects.hpp"

#include "mutation/stats/holm.hpp"
#include "mutation/stats/t_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::report {

namespace {

/// The change of a metric, at its mean, for a step on the model's scale.
double metric_change(const Outcome& outcome, double step) {
    if (!outcome.is_logit) {
        return step;
    }
    const double logit = std::log(outcome.mean / (1 - outcome.mean)) + step;
    return 1 / (1 + std::exp(-logit)) - outcome.mean;
}

Effect make_effect(const Model& model, std::size_t j) {
    const CodedColumn& column = model.inputs.columns[j];
    const stats::TEstimate& estimate = model.line->coefficients[j + 1];
    Effect effect;
    effect.outcome = model.outcome.name;
    effect.hyperparameter = model.inputs.inputs[column.input].hyperparameter;
    effect.term = column.term;
    effect.level = column.level;
    effect.estimate = estimate.value;
    effect.standard_error = estimate.standard_error;
    effect.hc3_standard_error = model.line->hc3_standard_errors[j + 1];
    effect.ci95 = stats::t_interval(estimate);
    effect.p = stats::t_p_value(estimate);
    effect.ratio_of = column.ratio_of;
    effect.ratio_text = column.ratio_text;
    if (model.outcome.is_metric) {
        effect.change = metric_change(model.outcome, estimate.value * column.step);
    } else {
        effect.ratio = stats::to_ratio(estimate, column.step);
    }
    return effect;
}

const Model* find_model(const std::vector<Model>& models, const char* outcome) {
    const auto found = std::find_if(models.begin(), models.end(),
                                    [&](const Model& model) { return model.outcome.name == outcome && model.line; });
    return found == models.end() ? nullptr : &*found;
}

} // namespace

std::vector<Effect> make_effects(const std::vector<Model>& models) {
    std::vector<Effect> effects;
    std::vector<double> p_values;
    for (const Model& model : models) {
        for (std::size_t j = 0; model.line && j < model.inputs.columns.size(); ++j) {
            effects.push_back(make_effect(model, j));
            p_values.push_back(effects.back().p);
        }
    }
    const std::vector<double> adjusted = stats::holm(p_values);
    for (std::size_t i = 0; i < effects.size(); ++i) {
        effects[i].p_holm = adjusted[i];
    }
    return effects;
}

std::vector<Split> split_energy(const std::vector<Model>& models) {
    const Model* energy = find_model(models, kEnergy);
    const Model* duration = find_model(models, kDuration);
    const Model* power = find_model(models, kPower);
    std::vector<Split> splits;
    if (energy == nullptr || duration == nullptr || power == nullptr) {
        return splits;
    }
    for (std::size_t j = 0; j < energy->inputs.columns.size(); ++j) {
        const CodedColumn& column = energy->inputs.columns[j];
        splits.push_back({energy->inputs.inputs[column.input].hyperparameter, column.term, column.level,
                          energy->line->coefficients[j + 1].value, duration->line->coefficients[j + 1].value,
                          power->line->coefficients[j + 1].value});
    }
    return splits;
}

} // namespace mutation::report
