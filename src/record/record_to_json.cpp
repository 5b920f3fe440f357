#include "measurement_json.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/system/clock.hpp"

namespace mutation::record {

namespace {

Json value_to_json(const std::optional<Value>& value) {
    if (!value) {
        return nullptr;
    }
    return std::visit([](const auto& held) { return Json(held); }, *value);
}

Json mutated_names(const std::vector<Assignment>& values) {
    Json names = Json::array();
    for (const Assignment& assignment : values) {
        if (assignment.is_mutated) {
            names.push_back(assignment.name);
        }
    }
    return names;
}

Json metrics_to_json(const std::map<std::string, std::optional<double>>& metrics) {
    Json json = Json::object();
    for (const auto& [name, value] : metrics) {
        json[name] = number_or_null(value);
    }
    return json;
}

Json window_to_json(const std::optional<WallWindow>& window) {
    if (!window) {
        return nullptr;
    }
    Json json;
    json["start"] = system::format_iso(window->start);
    json["end"] = system::format_iso(window->end);
    json["start_epoch_seconds"] = system::epoch_seconds(window->start);
    json["end_epoch_seconds"] = system::epoch_seconds(window->end);
    return json;
}

/// Attempts that were made because the one before had failed. What an interruption cut off is run again, not retried.
std::size_t count_retries(const Json& attempts) {
    std::size_t retries = 0;
    for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
        retries += attempts[i].value("status", Json()) == status_name(Status::interrupted) ? 0 : 1;
    }
    return retries;
}

Json background_to_json(const std::optional<BackgroundRecord>& background) {
    if (!background) {
        return nullptr;
    }
    Json json;
    json["repository"] = background->repository;
    json["model"] = background->model;
    json["hyperparameters"] = values_to_json(background->hyperparameters);
    json["reuse"] = background->reuse;
    json["starts"] = background->starts;
    json["failures"] = background->failures;
    json["restart_gaps_seconds"] = background->restart_gaps_seconds;
    json["logs"] = background->logs;
    json["alive_percent"] = number_or_null(background->alive);
    json["note"] = "the energy is the machine's, of both trainings together; it cannot be split";
    return json;
}

} // namespace

Json failed_attempts_energy(const Json& attempts) {
    std::optional<double> sum;
    for (const Json& attempt : attempts) {
        const Json name = attempt.value("status", Json());
        const std::optional<Status> status = name.is_string() ? parse_status(name.get<std::string>()) : std::nullopt;
        if (status && is_success(*status)) {
            continue;
        }
        const Json energy = attempt.value("energy_metrics", Json::object());
        for (const char* part : {"cpu_energy_total_joules", "gpu_energy_total_joules"}) {
            if (const auto found = energy.find(part); found != energy.end() && found->is_number()) {
                sum = sum.value_or(0) + found->get<double>();
            }
        }
    }
    return number_or_null(sum);
}

Json values_to_json(const std::vector<Assignment>& values) {
    Json json = Json::object();
    for (const Assignment& assignment : values) {
        json[assignment.name] = value_to_json(assignment.value);
    }
    return json;
}

Json attempt_to_json(const AttemptRecord& attempt) {
    Json json;
    json["number"] = attempt.number;
    json["status"] = status_name(attempt.status);
    json["exit_code"] = value_or_null(attempt.exit_code);
    json["signal"] = value_or_null(attempt.signal);
    json["duration_seconds"] = attempt.window ? number_or_null(attempt.duration.count()) : Json(nullptr);
    json["window"] = window_to_json(attempt.window);
    json["energy_metrics"] = energy_metrics_to_json(attempt.measurement);
    json["energy_quality"] = energy_quality_to_json(attempt.measurement);
    json["error_message"] = attempt.error_message;
    json["remarks"] = attempt.remarks;
    json["directory"] = attempt.directory;
    return json;
}

Json record_to_json(const ExperimentRecord& record) {
    const AttemptRecord& last = record.last_attempt();
    Json json;
    json["experiment_id"] = record.id;
    json["timestamp"] = system::format_local(record.timestamp);
    json["repository"] = record.repository;
    json["model"] = record.model;
    json["hyperparameters"] = values_to_json(record.hyperparameters);
    json["duration_seconds"] = last.window ? number_or_null(last.duration.count()) : Json(nullptr);
    json["energy_metrics"] = energy_metrics_to_json(last.measurement);
    json["performance_metrics"] = metrics_to_json(last.metrics);
    json["training_success"] = is_success(last.status);
    Json attempts = record.earlier_attempts;
    for (const AttemptRecord& attempt : record.attempts) {
        attempts.push_back(attempt_to_json(attempt));
    }
    json["retries"] = count_retries(attempts);
    json["error_message"] = last.error_message;
    json["schema_version"] = kSchemaVersion;
    json["session"] = record.session;
    json["mode"] = record.mode;
    json["status"] = status_name(last.status);
    json["mutated"] = mutated_names(record.hyperparameters);
    json["command"] = record.command;
    json["window"] = window_to_json(last.window);
    json["gpus"] = gpus_to_json(last.measurement.gpu);
    json["energy_quality"] = energy_quality_to_json(last.measurement);
    json["energy_net"] = energy_net_to_json(last.measurement);
    json["contamination"] = contamination_to_json(last.measurement.contamination);
    json["start_temperature_celsius"] = number_or_null(last.measurement.start_temperature);
    json["cpu_energy_estimated_joules"] =
        last.measurement.cpu_estimated ? number_or_null(last.measurement.cpu_estimated->energy.value()) : Json(nullptr);
    json["cpu_energy_estimated_method"] =
        last.measurement.cpu_estimated ? Json(last.measurement.cpu_estimated->method) : Json(nullptr);
    json["failed_attempts_energy_joules"] = failed_attempts_energy(attempts);
    json["attempts"] = std::move(attempts);
    json["background"] = background_to_json(record.background);
    json["replicate"] = value_or_null(record.replicate);
    json["is_control"] = record.is_control;
    json["cooldown"] = value_or_null(record.cooldown);
    json["environment"] = record.environment;
    return json;
}

} // namespace mutation::record
