#include "mutation/plan/plan_json.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json_cursor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <utility>

namespace mutation::plan {

namespace {

using config::Origin;

Json optional_seconds(const std::optional<Seconds>& value) {
    return value ? Json(value->count()) : Json(nullptr);
}

Json training_to_json(const PlannedTraining& training) {
    Json hyperparameters = Json::array();
    for (const Assignment& assignment : training.hyperparameters) {
        Json entry{{"name", assignment.name}, {"value", value_to_json(assignment.value)}};
        if (assignment.is_mutated) {
            entry["is_mutated"] = true;
        }
        hyperparameters.push_back(std::move(entry));
    }
    return {{"repository", training.repository},
            {"model", training.model},
            {"hyperparameters", std::move(hyperparameters)}};
}

Json background_to_json(const std::optional<PlannedBackground>& background) {
    if (!background) {
        return nullptr;
    }
    Json json;
    json["training"] = training_to_json(background->training);
    write_settings<config::BackgroundSettings>(config::background_settings(), *background, json);
    return json;
}

Json shared_to_json(const PlannedExperiment& shared) {
    return {{"configuration", shared.configuration},
            {"mode", mode_name(shared.mode)},
            {"is_control", shared.is_control},
            {"timeout_seconds", optional_seconds(shared.timeout)},
            {"stall_seconds", optional_seconds(shared.stall)},
            {"training", training_to_json(shared.training)},
            {"background", background_to_json(shared.background)}};
}

/// What an experiment shares with the others of its config entry: all but number, id, replicate and mutated values.
PlannedExperiment shared_part(PlannedExperiment experiment) {
    experiment.number = 0;
    experiment.id.clear();
    experiment.replicate = 1;
    for (Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.is_mutated) {
            assignment.value.reset();
        }
    }
    return experiment;
}

/// The shared parts of a plan, each once.
class SharedTable {
public:
    std::size_t index_of(const PlannedExperiment& experiment) {
        PlannedExperiment shared = shared_part(experiment);
        std::vector<std::size_t>& candidates = indices_[{shared.configuration, shared.is_control}];
        const auto found = std::find_if(candidates.begin(), candidates.end(),
                                        [&](std::size_t index) { return entries_[index] == shared; });
        if (found != candidates.end()) {
            return *found;
        }
        candidates.push_back(entries_.size());
        entries_.push_back(std::move(shared));
        return candidates.back();
    }

    [[nodiscard]] Json to_json() const {
        Json rows = Json::array();
        for (const PlannedExperiment& entry : entries_) {
            rows.push_back(shared_to_json(entry));
        }
        return rows;
    }

private:
    std::map<std::pair<std::size_t, bool>, std::vector<std::size_t>> indices_;
    std::vector<PlannedExperiment> entries_;
};

Json experiment_to_json(const PlannedExperiment& experiment, std::size_t shared) {
    Json row = Json::array({shared, experiment.replicate});
    for (const Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.is_mutated) {
            row.push_back(value_to_json(assignment.value));
        }
    }
    return row;
}

/// Error(usage). Everything in a stored plan was written by this program, so the first error is enough.
void throw_damaged(const JsonNote& note) {
    throw Error(ErrorKind::usage, fmt::format("the stored plan is damaged: {}: {}{}{}; start a new session from its "
                                              "config",
                                              note.path, note.value, note.value.empty() ? "" : ": ", note.message));
}

// Below, an error of the cursor throws, so that what it returns is there.

std::optional<Value> read_value(const JsonCursor& at) {
    const Json& json = at.value();
    if (json.is_boolean()) {
        return json.get<bool>();
    }
    if (json.is_string()) {
        return json.get<std::string>();
    }
    if (json.is_number_float()) {
        return json.get<double>();
    }
    const auto whole = to_whole(json);
    if (!whole && !json.is_null()) {
        at.error("must be the value of a hyperparameter");
    }
    return whole ? std::optional<Value>(*whole) : std::nullopt;
}

std::optional<Seconds> read_limit(const JsonCursor& at) {
    constexpr Bounds kAnyTime{0, std::numeric_limits<double>::max()};
    return at.value().is_null() ? std::nullopt : std::optional(Seconds(*at.number(kAnyTime)));
}

std::vector<JsonCursor> read_elements(const JsonCursor& list) {
    return list.is_array() ? list.elements() : std::vector<JsonCursor>();
}

/// A member of what must be an object.
JsonCursor member_of(const JsonCursor& object, std::string_view key) {
    return object.is_object() ? *object.require(key) : object;
}

PlannedTraining read_training(const JsonCursor& at) {
    PlannedTraining training{*member_of(at, "repository").any_text(), *member_of(at, "model").any_text(), {}};
    for (const JsonCursor& entry : read_elements(member_of(at, "hyperparameters"))) {
        training.hyperparameters.push_back({*member_of(entry, "name").any_text(), read_value(member_of(entry, "value")),
                                            entry.boolean_at("is_mutated").value_or(false)});
    }
    return training;
}

std::optional<PlannedBackground> read_background(const JsonCursor& at) {
    if (at.value().is_null()) {
        return std::nullopt;
    }
    PlannedBackground background;
    background.training = read_training(member_of(at, "training"));
    read_settings<config::BackgroundSettings>(config::background_settings(), at, Origin::session, background);
    return background;
}

PlannedExperiment read_shared(const JsonCursor& at) {
    PlannedExperiment shared;
    shared.configuration = *member_of(at, "configuration").count(std::numeric_limits<std::uint32_t>::max());
    const std::string mode = *member_of(at, "mode").choice(config::kModes);
    shared.mode = static_cast<config::Mode>(std::find(config::kModes.begin(), config::kModes.end(), mode) -
                                            config::kModes.begin());
    shared.is_control = *member_of(at, "is_control").boolean();
    shared.timeout = read_limit(member_of(at, "timeout_seconds"));
    shared.stall = read_limit(member_of(at, "stall_seconds"));
    shared.training = read_training(member_of(at, "training"));
    shared.background = read_background(member_of(at, "background"));
    return shared;
}

PlannedExperiment read_experiment(const JsonCursor& row, const std::vector<PlannedExperiment>& shared,
                                  std::uint32_t number) {
    constexpr std::size_t kHead = 2; // which shared entry, which replicate
    const std::vector<JsonCursor> cells = read_elements(row);
    if (cells.size() < kHead || shared.empty()) {
        row.error("must name an entry of \"shared\"");
    }
    PlannedExperiment experiment = shared[*cells[0].count(shared.size() - 1)];
    experiment.number = number;
    experiment.id = experiment_id(experiment.training.repository, experiment.training.model, experiment.mode, number);
    experiment.replicate = static_cast<int>(*cells[1].count(std::numeric_limits<int>::max()));
    std::size_t next = kHead;
    for (Assignment& assignment : experiment.training.hyperparameters) {
        if (assignment.is_mutated) {
            if (next >= cells.size()) {
                row.error("has too few values");
            }
            assignment.value = read_value(cells[next++]);
        }
    }
    if (next != cells.size()) {
        row.error("has too many values");
    }
    return experiment;
}

} // namespace

std::string_view mode_name(config::Mode mode) {
    return config::kModes[static_cast<std::size_t>(mode)];
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
    Json settings;
    write_settings(config::session_settings(), plan.settings, settings);
    return {{"settings", std::move(settings)}, {"shared", shared.to_json()}, {"experiments", std::move(experiments)}};
}

Plan plan_from_json(const Json& json) {
    const JsonSource source(json, "$.plan", throw_damaged);
    const JsonCursor root = source.root();
    Plan plan;
    const JsonCursor settings = member_of(root, "settings");
    if (settings.is_object()) {
        read_settings(config::session_settings(), settings, Origin::session, plan.settings);
    }
    std::vector<PlannedExperiment> shared;
    for (const JsonCursor& entry : read_elements(member_of(root, "shared"))) {
        shared.push_back(read_shared(entry));
    }
    for (const JsonCursor& row : read_elements(member_of(root, "experiments"))) {
        plan.experiments.push_back(
            read_experiment(row, shared, static_cast<std::uint32_t>(plan.experiments.size() + 1)));
    }
    return plan;
}

} // namespace mutation::plan
