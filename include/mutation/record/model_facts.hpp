#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/value.hpp"
#include "mutation/plan/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

/// What the registry says about the values of a hyperparameter.
struct HyperparameterFacts {
    std::string name;
    config::HyperparameterType type = config::HyperparameterType::real;
    config::Distribution distribution = config::Distribution::uniform;
    double zero_probability = 0;
    std::optional<config::NumericRange> range; ///< of a number; none: it cannot be mutated
    std::optional<Value> default_value;        ///< none: the flag is left out
    std::vector<std::string> choices;          ///< of type choice

    bool operator==(const HyperparameterFacts&) const = default;
};

struct MetricFacts {
    std::string name;
    std::optional<bool> higher_is_better; ///< none: the registry does not say it

    bool operator==(const MetricFacts&) const = default;
};

/// What the registry says about a model, as far as an analysis of its runs needs it.
struct ModelFacts {
    std::string repository;
    std::string model;
    std::vector<HyperparameterFacts> hyperparameters; ///< in the order of the registry
    std::vector<MetricFacts> metrics;

    bool operator==(const ModelFacts&) const = default;
};

[[nodiscard]] ModelFacts describe_model(const config::Repository& repository, const config::Model& model);

/// Every model that a plan trains, backgrounds included, each once and in the plan's order. A model that the registry
/// does not have is left out.
[[nodiscard]] std::vector<ModelFacts> describe_models(const plan::Plan& plan, const config::Registry& registry);

} // namespace mutation::record
