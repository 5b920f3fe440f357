#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/registry.hpp"

#include <string>
#include <vector>

/// A small registry and configs made in code, for the tests of plans and of what shows them.
namespace toy {

using namespace mutation;

inline config::Hyperparameter number(const std::string& name, config::HyperparameterType type, double min, double max,
                                     config::Distribution distribution = config::Distribution::uniform,
                                     double zero_probability = 0) {
    config::Hyperparameter hyperparameter;
    hyperparameter.name = name;
    hyperparameter.flag = "--" + name;
    hyperparameter.type = type;
    hyperparameter.range = config::NumericRange{min, max};
    hyperparameter.distribution = distribution;
    hyperparameter.zero_probability = zero_probability;
    return hyperparameter;
}

inline config::Hyperparameter integer(const std::string& name, double min, double max,
                                      config::Distribution distribution = config::Distribution::uniform,
                                      double zero_probability = 0) {
    return number(name, config::HyperparameterType::integer, min, max, distribution, zero_probability);
}

inline config::Hyperparameter real(const std::string& name, double min, double max,
                                   config::Distribution distribution = config::Distribution::uniform,
                                   double zero_probability = 0) {
    return number(name, config::HyperparameterType::real, min, max, distribution, zero_probability);
}

inline config::Hyperparameter choice(const std::string& name, std::vector<std::string> choices) {
    config::Hyperparameter hyperparameter;
    hyperparameter.name = name;
    hyperparameter.flag = "--" + name;
    hyperparameter.type = config::HyperparameterType::choice;
    hyperparameter.choices = std::move(choices);
    return hyperparameter;
}

inline config::Hyperparameter boolean(const std::string& name) {
    config::Hyperparameter hyperparameter;
    hyperparameter.name = name;
    hyperparameter.flag = "--" + name;
    hyperparameter.type = config::HyperparameterType::boolean;
    return hyperparameter;
}

inline config::Hyperparameter with_default(config::Hyperparameter hyperparameter, Value value) {
    hyperparameter.default_value = std::move(value);
    return hyperparameter;
}

/// Repository `toy`: model `net` with six hyperparameters, model `default` with two and limits of its own.
inline config::Registry registry() {
    using config::Distribution;
    config::Model net;
    net.name = "net";
    net.aliases = {"old_net"};
    net.hyperparameters = {with_default(integer("epochs", 1, 10), std::int64_t{5}),
                           with_default(real("learning_rate", 0.02, 0.5, Distribution::log_uniform), 0.1),
                           with_default(real("decay", 1e-5, 0.01, Distribution::log_uniform, 0.3), 0.0),
                           integer("seed", 0, 9999),
                           with_default(choice("loss", {"l1", "l2", "huber"}), "l2"),
                           with_default(boolean("half"), false)};
    net.hyperparameters[0].aliases = {"max_iter"};
    config::Model other;
    other.name = "default";
    other.hyperparameters = {with_default(integer("epochs", 1, 3), std::int64_t{2}),
                             with_default(integer("width", 1, 2), std::int64_t{1})};
    other.timeout = Seconds(70);
    other.stall = Seconds(7);
    other.required_args = {"--quiet", "a b"};
    config::Repository repository;
    repository.name = "toy";
    repository.path = "repos/toy";
    repository.directory = "/nowhere/repos/toy";
    repository.base = "/nowhere";
    repository.train_script = "train.sh";
    repository.model_flag = "-n";
    repository.models = {net, other};
    return {{repository}};
}

inline config::ExperimentRequest mutating(const std::string& model, std::vector<std::string> mutate, int runs) {
    config::ExperimentRequest request;
    request.training.repository = "toy";
    request.training.model = model;
    request.training.mutate = std::move(mutate);
    request.training.runs = runs;
    return request;
}

inline config::ExperimentRequest with_defaults(const std::string& model, int runs) {
    config::ExperimentRequest request = mutating(model, {}, runs);
    request.training.mode = config::Mode::default_values;
    return request;
}

/// The same, beside a background training of `default`.
inline config::ExperimentRequest in_parallel(config::ExperimentRequest request, bool reuse = false) {
    request.background = config::BackgroundRequest{"toy", "default", {{"epochs", std::int64_t{99}}}, {reuse}};
    return request;
}

inline config::ExperimentConfig config(std::vector<config::ExperimentRequest> requests) {
    config::ExperimentConfig config;
    config.settings.seed = 42;
    config.settings.seed_was_drawn = false;
    config.experiments = std::move(requests);
    for (std::size_t i = 0; i < config.experiments.size(); ++i) {
        config.experiments[i].index = i;
    }
    return config;
}

} // namespace toy
