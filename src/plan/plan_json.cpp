#include "mutation/plan/plan_json.hpp"

#include "plan_names.hpp"

#include <map>

namespace mutation::plan {

namespace {

Json optional_seconds(const std::optional<Seconds>& value) {
    return value ? Json(value->count()) : Json(nullptr);
}

Json settings_to_json(const SessionSettings& settings) {
    Json json;
    json["name"] = settings.name;
    json["description"] = settings.description;
    json["governor"] = settings.governor;
    json["seed"] = settings.seed;
    json["seed_was_drawn"] = settings.seed_was_drawn;
    json["max_retries"] = settings.max_retries;
    json["cooldown_seconds"] = settings.cooldown.count();
    json["cooldown_until_celsius"] = settings.cooldown_until ? Json(settings.cooldown_until->value()) : Json(nullptr);
    json["cooldown_max_seconds"] = settings.cooldown_max.count();
    json["baseline_seconds"] = settings.baseline.count();
    json["sample_interval_seconds"] = settings.sample_interval.count();
    json["order"] = find_word(kOrderNames, settings.order);
    json["control_every"] = settings.control_every;
    json["control_tolerance_percent"] = settings.control_tolerance.value();
    json["on_finish"] = settings.on_finish;
    json["on_failure"] = settings.on_failure;
    return json;
}

/// A training; the values that are mutated differ from run to run and stand as null.
Json training_to_json(const PlannedTraining& training) {
    Json hyperparameters = Json::array();
    for (const Assignment& assignment : training.hyperparameters) {
        Json entry;
        entry["name"] = assignment.name;
        entry["value"] = assignment.is_mutated ? Json(nullptr) : value_to_json(assignment.value);
        if (assignment.is_mutated) {
            entry["is_mutated"] = true;
        }
        hyperparameters.push_back(std::move(entry));
    }
    Json json;
    json["repository"] = training.repository;
    json["model"] = training.model;
    json["hyperparameters"] = std::move(hyperparameters);
    return json;
}

Json background_to_json(const std::optional<PlannedBackground>& background) {
    if (!background) {
        return nullptr;
    }
    Json json;
    json["training"] = training_to_json(background->training);
    json["reuse"] = background->reuse;
    json["startup_wait_seconds"] = background->startup_wait.count();
    json["restart_delay_seconds"] = background->restart_delay.count();
    return json;
}

/// What the experiments of one config entry share.
Json shared_to_json(const PlannedExperiment& experiment) {
    Json json;
    json["configuration"] = experiment.configuration;
    json["mode"] = find_word(kModeNames, experiment.mode);
    json["is_control"] = experiment.is_control;
    json["timeout_seconds"] = optional_seconds(experiment.timeout);
    json["stall_seconds"] = optional_seconds(experiment.stall);
    json["training"] = training_to_json(experiment.training);
    json["background"] = background_to_json(experiment.background);
    return json;
}

bool is_like(const PlannedTraining& a, const PlannedTraining& b) {
    if (a.repository != b.repository || a.model != b.model || a.hyperparameters.size() != b.hyperparameters.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.hyperparameters.size(); ++i) {
        const Assignment& left = a.hyperparameters[i];
        const Assignment& right = b.hyperparameters[i];
        const bool is_same_name = left.name == right.name && left.is_mutated == right.is_mutated;
        if (!is_same_name || (!left.is_mutated && left.value != right.value)) {
            return false;
        }
    }
    return true;
}

/// Whether two experiments differ in replicate and mutated values alone.
bool is_like(const PlannedExperiment& a, const PlannedExperiment& b) {
    if (a.mode != b.mode || a.timeout != b.timeout || a.stall != b.stall ||
        a.background.has_value() != b.background.has_value() || !is_like(a.training, b.training)) {
        return false;
    }
    return !a.background ||
           (a.background->reuse == b.background->reuse && a.background->startup_wait == b.background->startup_wait &&
            a.background->restart_delay == b.background->restart_delay &&
            is_like(a.background->training, b.background->training));
}

/// What experiments share, each kind once.
class SharedTable {
public:
    std::size_t index_of(const PlannedExperiment& experiment) {
        std::vector<std::size_t>& candidates = indices_[{experiment.configuration, experiment.is_control}];
        for (const std::size_t index : candidates) {
            if (is_like(*examples_[index], experiment)) {
                return index;
            }
        }
        candidates.push_back(examples_.size());
        examples_.push_back(&experiment);
        return candidates.back();
    }

    [[nodiscard]] Json to_json() const {
        Json rows = Json::array();
        for (const PlannedExperiment* const example : examples_) {
            rows.push_back(shared_to_json(*example));
        }
        return rows;
    }

private:
    std::map<std::pair<std::size_t, bool>, std::vector<std::size_t>> indices_;
    std::vector<const PlannedExperiment*> examples_;
};

Json experiment_to_json(const PlannedExperiment& experiment, std::size_t shared) {
    Json row = Json::array();
    row.push_back(shared);
    row.push_back(experiment.replicate);
    for (const Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.is_mutated) {
            row.push_back(value_to_json(assignment.value));
        }
    }
    return row;
}

} // namespace

std::string_view mode_name(config::Mode mode) {
    return find_word(kModeNames, mode);
}

Json value_to_json(const std::optional<Value>& value) {
    return value ? std::visit([](const auto& held) { return Json(held); }, *value) : Json(nullptr);
}

Json plan_to_json(const Plan& plan) {
    SharedTable shared;
    Json experiments = Json::array();
    for (const PlannedExperiment& experiment : plan.experiments) {
        experiments.push_back(experiment_to_json(experiment, shared.index_of(experiment)));
    }
    Json json;
    json["settings"] = settings_to_json(plan.settings);
    json["shared"] = shared.to_json();
    json["experiments"] = std::move(experiments);
    return json;
}

} // namespace mutation::plan
