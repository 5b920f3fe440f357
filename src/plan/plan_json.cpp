#include "mutation/plan/plan_json.hpp"

#include "mutation/core/error.hpp"

#include <array>
#include <fmt/format.h>
#include <map>

namespace mutation::plan {

namespace {

constexpr std::array<std::pair<config::Mode, std::string_view>, 3> kModes{{{config::Mode::mutation, "mutation"},
                                                                           {config::Mode::default_values, "default"},
                                                                           {config::Mode::parallel, "parallel"}}};
constexpr std::array<std::pair<config::Order, std::string_view>, 3> kOrders{
    {{config::Order::as_written, "as_written"},
     {config::Order::interleaved, "interleaved"},
     {config::Order::random, "random"}}};

template <class Table, class Key>
std::string_view name_of(const Table& table, Key key) {
    for (const auto& [known, name] : table) {
        if (known == key) {
            return name;
        }
    }
    return {};
}

template <class Unit>
Json optional_number(const std::optional<Unit>& value) {
    return value ? Json(value->count()) : Json(nullptr);
}

/// What trainings that differ only in their values share.
Json describe_training(const PlannedTraining& training) {
    Json names = Json::array();
    Json mutated = Json::array();
    for (const Assignment& assignment : training.hyperparameters) {
        names.push_back(assignment.name);
        mutated.push_back(assignment.is_mutated);
    }
    return Json{{"repository", training.repository}, {"model", training.model}, {"names", names}, {"mutated", mutated}};
}

Json values_of(const PlannedTraining& training) {
    Json values = Json::array();
    for (const Assignment& assignment : training.hyperparameters) {
        values.push_back(value_to_json(assignment.value));
    }
    return values;
}

/// The table of distinct trainings while a plan is written.
class TrainingTable {
public:
    std::size_t index_of(const PlannedTraining& training) {
        Json description = describe_training(training);
        const auto [entry, is_new] = indices_.emplace(description.dump(), rows_.size());
        if (is_new) {
            rows_.push_back(std::move(description));
        }
        return entry->second;
    }
    Json take() { return std::move(rows_); }

private:
    std::map<std::string, std::size_t> indices_;
    Json rows_ = Json::array();
};

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
    json["order"] = name_of(kOrders, settings.order);
    json["control_every"] = settings.control_every;
    json["control_tolerance_percent"] = settings.control_tolerance.value();
    json["on_finish"] = settings.on_finish;
    json["on_failure"] = settings.on_failure;
    return json;
}

Json experiment_to_json(const PlannedExperiment& experiment, TrainingTable& trainings) {
    Json json;
    json["id"] = experiment.id;
    json["mode"] = mode_name(experiment.mode);
    json["training"] = trainings.index_of(experiment.training);
    json["values"] = values_of(experiment.training);
    json["configuration"] = experiment.configuration;
    json["replicate"] = experiment.replicate;
    if (experiment.is_control) {
        json["is_control"] = true;
    }
    if (experiment.timeout) {
        json["timeout_seconds"] = optional_number(experiment.timeout);
    }
    if (experiment.stall) {
        json["stall_seconds"] = optional_number(experiment.stall);
    }
    if (experiment.background) {
        Json background;
        background["training"] = trainings.index_of(experiment.background->training);
        background["values"] = values_of(experiment.background->training);
        background["reuse"] = experiment.background->reuse;
        background["startup_wait_seconds"] = experiment.background->startup_wait.count();
        background["restart_delay_seconds"] = experiment.background->restart_delay.count();
        json["background"] = std::move(background);
    }
    return json;
}

/// Reads with a path for what is wrong; nlohmann's own errors become ours.
class PlanReader {
public:
    explicit PlanReader(const Json& json) : json_(json) {}

    Plan run() {
        Plan plan;
        plan.settings = settings(json_.at("settings"));
        trainings_ = &json_.at("trainings");
        std::uint32_t next = 1;
        for (const Json& entry : json_.at("experiments")) {
            place_ = fmt::format("experiments[{}]", next - 1);
            plan.experiments.push_back(experiment(entry));
            plan.experiments.back().number = next++;
        }
        return plan;
    }
    [[nodiscard]] const std::string& place() const { return place_; }

private:
    template <class Table>
    auto choose(const Table& table, const Json& json) {
        const auto name = json.get<std::string>();
        for (const auto& [key, known] : table) {
            if (known == name) {
                return key;
            }
        }
        throw Error(ErrorKind::usage, fmt::format("\"{}\" is not known", name));
    }

    static std::optional<Seconds> seconds(const Json& json, const char* key) {
        const auto found = json.find(key);
        return found == json.end() || found->is_null() ? std::nullopt : std::optional(Seconds(found->get<double>()));
    }

    SessionSettings settings(const Json& json) {
        place_ = "settings";
        SessionSettings settings;
        settings.name = json.at("name").get<std::string>();
        settings.description = json.at("description").get<std::string>();
        settings.governor = json.at("governor").get<std::string>();
        settings.seed = json.at("seed").get<std::uint64_t>();
        settings.seed_was_drawn = json.at("seed_was_drawn").get<bool>();
        settings.max_retries = json.at("max_retries").get<int>();
        settings.cooldown = Seconds(json.at("cooldown_seconds").get<double>());
        if (!json.at("cooldown_until_celsius").is_null()) {
            settings.cooldown_until = Celsius(json.at("cooldown_until_celsius").get<double>());
        }
        settings.cooldown_max = Seconds(json.at("cooldown_max_seconds").get<double>());
        settings.baseline = Seconds(json.at("baseline_seconds").get<double>());
        settings.sample_interval = Seconds(json.at("sample_interval_seconds").get<double>());
        settings.order = choose(kOrders, json.at("order"));
        settings.control_every = json.at("control_every").get<int>();
        settings.control_tolerance = Percent(json.at("control_tolerance_percent").get<double>());
        settings.on_finish = json.at("on_finish").get<std::vector<std::string>>();
        settings.on_failure = json.at("on_failure").get<std::vector<std::string>>();
        return settings;
    }

    PlannedTraining training(const Json& json) {
        const Json& description = trainings_->at(json.at("training").get<std::size_t>());
        const Json& values = json.at("values");
        const Json& names = description.at("names");
        PlannedTraining training{
            description.at("repository").get<std::string>(), description.at("model").get<std::string>(), {}};
        if (values.size() != names.size()) {
            throw Error(ErrorKind::usage, "values and names differ in number");
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            training.hyperparameters.push_back(
                {names[i].get<std::string>(), value_from_json(values[i]), description.at("mutated").at(i).get<bool>()});
        }
        return training;
    }

    PlannedExperiment experiment(const Json& json) {
        PlannedExperiment experiment;
        experiment.id = json.at("id").get<std::string>();
        if (experiment.id.empty() || experiment.id.find('/') != std::string::npos || experiment.id.starts_with('.')) {
            throw Error(ErrorKind::usage, "id is no name of a folder");
        }
        experiment.mode = choose(kModes, json.at("mode"));
        experiment.training = training(json);
        experiment.configuration = json.at("configuration").get<std::size_t>();
        experiment.replicate = json.at("replicate").get<int>();
        experiment.is_control = json.value("is_control", false);
        experiment.timeout = seconds(json, "timeout_seconds");
        experiment.stall = seconds(json, "stall_seconds");
        if (const auto found = json.find("background"); found != json.end()) {
            experiment.background = PlannedBackground{training(*found), found->at("reuse").get<bool>(),
                                                      Seconds(found->at("startup_wait_seconds").get<double>()),
                                                      Seconds(found->at("restart_delay_seconds").get<double>())};
        }
        return experiment;
    }

    const Json& json_;
    const Json* trainings_ = nullptr;
    std::string place_ = "the plan";
};

} // namespace

std::string_view mode_name(config::Mode mode) {
    return name_of(kModes, mode);
}

Json value_to_json(const std::optional<Value>& value) {
    return value ? std::visit([](const auto& held) { return Json(held); }, *value) : Json(nullptr);
}

std::optional<Value> value_from_json(const Json& json) {
    if (json.is_null()) {
        return std::nullopt;
    }
    if (json.is_boolean()) {
        return json.get<bool>();
    }
    if (json.is_number_integer()) {
        return json.get<std::int64_t>();
    }
    if (json.is_number_float()) {
        return json.get<double>();
    }
    return json.get<std::string>();
}

Json plan_to_json(const Plan& plan) {
    TrainingTable trainings;
    Json experiments = Json::array();
    for (const PlannedExperiment& experiment : plan.experiments) {
        experiments.push_back(experiment_to_json(experiment, trainings));
    }
    return Json{{"settings", settings_to_json(plan.settings)},
                {"trainings", trainings.take()},
                {"experiments", std::move(experiments)}};
}

Plan plan_from_json(const Json& json) {
    PlanReader reader(json);
    try {
        return reader.run();
    } catch (const Json::exception& error) {
        throw Error(ErrorKind::usage, fmt::format("the plan cannot be read: {}: {}", reader.place(), error.what()));
    } catch (const Error& error) {
        throw Error(ErrorKind::usage, fmt::format("the plan cannot be read: {}: {}", reader.place(), error.message()));
    }
}

} // namespace mutation::plan
