#include "configuration.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>

namespace mutation::plan {

namespace {

const config::Repository& find_repository(const config::Registry& registry, const std::string& name) {
    const config::Repository* const repository = registry.find(name);
    if (repository == nullptr) {
        throw Error(ErrorKind::usage, "unknown repository \"" + name + "\"; known: " + join(registry.names(), ", "));
    }
    return *repository;
}

const config::Model& find_model(const config::Repository& repository, const std::string& name) {
    const config::Model* const model = repository.find_model(name);
    if (model == nullptr) {
        throw Error(ErrorKind::usage, repository.name + " has no model \"" + name + "\"; `--list` shows its models");
    }
    return *model;
}

std::vector<Assignment> default_assignments(const config::Model& model) {
    std::vector<Assignment> assignments;
    for (const config::Hyperparameter& hyperparameter : model.hyperparameters) {
        assignments.push_back({hyperparameter.name, hyperparameter.default_value, false});
    }
    return assignments;
}

/// The place of a hyperparameter in the model. Error(usage) if there is none of that name.
std::size_t position_of(const config::Model& model, const std::string& name) {
    const config::Hyperparameter* const found = model.find_hyperparameter(name);
    if (found == nullptr) {
        throw Error(ErrorKind::usage, model.name + " has no hyperparameter \"" + name + "\"; `--list` shows them");
    }
    return static_cast<std::size_t>(found - model.hyperparameters.data());
}

/// A real that was written as 1 is 1.0 to the training and to the record alike.
std::optional<Value> as_typed(const config::Hyperparameter& hyperparameter, const std::optional<Value>& value) {
    const auto* const whole = value ? std::get_if<std::int64_t>(&*value) : nullptr;
    if (whole != nullptr && hyperparameter.type == config::HyperparameterType::real) {
        return static_cast<double>(*whole);
    }
    return value;
}

void apply_explicit(const std::vector<Assignment>& given, const config::Model& model,
                    std::vector<Assignment>& assignments) {
    for (const Assignment& assignment : given) {
        const std::size_t position = position_of(model, assignment.name);
        assignments[position].value = as_typed(model.hyperparameters[position], assignment.value);
    }
}

void set_mutated(const std::vector<std::string>& names, Configuration& configuration) {
    for (const std::string& name : names) {
        configuration.assignments[position_of(*configuration.model, name)].is_mutated = true;
    }
    for (std::size_t i = 0; i < configuration.assignments.size(); ++i) {
        if (configuration.assignments[i].is_mutated) {
            configuration.space.positions.push_back(i);
            configuration.space.spaces.emplace_back(configuration.model->hyperparameters[i]);
        }
        configuration.space.combination.push_back(configuration.assignments[i].value);
    }
}

PlannedBackground resolve_background(const config::BackgroundRequest& request, const config::Registry& registry) {
    const config::Repository& repository = find_repository(registry, request.repository);
    const config::Model& model = find_model(repository, request.model);
    PlannedBackground background{request.settings, default_training(repository, model)};
    apply_explicit(request.hyperparameters, model, background.training.hyperparameters);
    return background;
}

std::optional<Seconds> first_of(std::optional<Seconds> a, std::optional<Seconds> b, std::optional<Seconds> c) {
    return a ? a : (b ? b : c);
}

bool is_about(const HistoricalRun& run, const Configuration& configuration, const config::Registry& registry) {
    if (run.is_parallel != configuration.background.has_value()) {
        return false;
    }
    const config::Repository* const repository = registry.find(run.repository);
    return repository == configuration.repository && repository->find_model(run.model) == configuration.model;
}

/// A value as it comes back from a table.
std::optional<Value> through_text(const config::Hyperparameter& hyperparameter, const std::optional<Value>& value) {
    return value ? value_from_text(hyperparameter, to_argument(*value)) : std::nullopt;
}

/// Whether a draw can give that value.
bool is_possible(const config::Hyperparameter& hyperparameter, const Value& value) {
    if (std::holds_alternative<bool>(value)) {
        return true;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return std::find(hyperparameter.choices.begin(), hyperparameter.choices.end(), *text) !=
               hyperparameter.choices.end();
    }
    const auto* whole = std::get_if<std::int64_t>(&value);
    const double number = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
    const auto& range = hyperparameter.range;
    return (range && number >= range->min && number <= range->max) ||
           (number == 0 && hyperparameter.zero_probability > 0);
}

std::set<Combination>& used_by(const Configuration& configuration, UsedMutations& used) {
    return used[{configuration.repository->name, configuration.model->name, configuration.mode}];
}

/// The values that the configuration must draw to repeat a past run; nullopt if it cannot. A cell that is missing for
/// a hyperparameter that is not mutated counts as equal: v3.0 recorded only the mutated ones.
std::optional<Combination> repeat_of(const HistoricalRun& run, const Configuration& configuration) {
    Combination combination = configuration.space.combination;
    std::vector<bool> is_known(combination.size(), false);
    for (const auto& [name, text] : run.hyperparameters) {
        const config::Hyperparameter* const found = configuration.model->find_hyperparameter(name);
        if (found == nullptr) {
            continue;
        }
        const auto position = static_cast<std::size_t>(found - configuration.model->hyperparameters.data());
        const Assignment& assignment = configuration.assignments[position];
        const std::optional<Value> value = value_from_text(*found, text);
        if (!value || (!assignment.is_mutated && value != through_text(*found, assignment.value))) {
            return std::nullopt;
        }
        if (assignment.is_mutated) {
            if (!is_possible(*found, *value)) {
                return std::nullopt;
            }
            combination[position] = value;
            is_known[position] = true;
        }
    }
    const auto& mutated = configuration.space.positions;
    const bool is_whole = std::all_of(mutated.begin(), mutated.end(), [&](std::size_t at) { return is_known[at]; });
    return is_whole ? std::optional(combination) : std::nullopt;
}

} // namespace

Configuration resolve_configuration(const config::ExperimentRequest& request, const config::ExperimentConfig& config,
                                    const config::Registry& registry) {
    const config::TrainingRequest& training = request.training;
    Configuration configuration;
    configuration.request = &request;
    configuration.repository = &find_repository(registry, training.repository);
    configuration.model = &find_model(*configuration.repository, training.model);
    configuration.mode = request.background ? config::Mode::parallel : training.mode;
    configuration.has_mutations = training.mode != config::Mode::default_values;
    configuration.runs = static_cast<std::size_t>(std::max(0, training.runs));
    configuration.assignments = default_assignments(*configuration.model);
    apply_explicit(training.hyperparameters, *configuration.model, configuration.assignments);
    if (configuration.has_mutations) {
        set_mutated(training.mutate, configuration);
    }
    if (request.background) {
        configuration.background = resolve_background(*request.background, registry);
    }
    const config::Model& model = *configuration.model;
    configuration.timeout = first_of(request.timeout, config.settings.timeout, model.timeout);
    configuration.stall = first_of(request.stall, config.settings.stall, model.stall);
    return configuration;
}

void exclude_past_runs(const Configuration& configuration, UsedMutations& used, PastRuns& past,
                       const config::Registry& registry) {
    if (!configuration.has_mutations) {
        return;
    }
    std::set<Combination>& taken = used_by(configuration, used);
    for (std::size_t i = 0; i < past.runs.size(); ++i) {
        if (!is_about(past.runs[i], configuration, registry)) {
            continue;
        }
        if (const auto repeat = repeat_of(past.runs[i], configuration)) {
            past.is_counted[i] = true;
            past.excluded += taken.insert(*repeat).second ? 1 : 0;
        }
    }
}

void draw_configuration(Configuration& configuration, UsedMutations& used, Engine engine) {
    if (!configuration.has_mutations) {
        return;
    }
    try {
        configuration.mutations =
            draw_distinct(configuration.space, configuration.runs, used_by(configuration, used), engine);
    } catch (const Error& error) {
        throw Error(error.kind(),
                    configuration.repository->name + "/" + configuration.model->name + ": " + error.message());
    }
}

PlannedTraining training_of_run(const Configuration& configuration, std::size_t run) {
    PlannedTraining training{configuration.repository->name, configuration.model->name, configuration.assignments};
    const MutationSpace& space = configuration.space;
    for (std::size_t i = 0; i < space.positions.size(); ++i) {
        training.hyperparameters[space.positions[i]].value = configuration.mutations[run][i];
    }
    return training;
}

PlannedTraining default_training(const config::Repository& repository, const config::Model& model) {
    return {repository.name, model.name, default_assignments(model)};
}

} // namespace mutation::plan
