#include "mutation/record/record_check.hpp"

#include "measurement_json.hpp"
#include "mutation/core/error.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/experiment_record.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace mutation::record {

namespace {

enum class Kind { text, boolean, whole, number, object, list, texts, numbers };

struct Field {
    std::string_view name;
    Kind kind;
    bool may_be_null = false;
    bool may_be_missing = false;
};

/// What is read of a record when its session is gone on with or summarized again; more may stand beside.
constexpr std::array<Field, 20> kFields{{
    {"schema_version", Kind::whole},
    {"experiment_id", Kind::text},
    {"session", Kind::text},
    {"timestamp", Kind::text},
    {"repository", Kind::text},
    {"model", Kind::text},
    {"mode", Kind::text},
    {"hyperparameters", Kind::object},
    {"status", Kind::text},
    {"training_success", Kind::boolean},
    {"error_message", Kind::text},
    {"retries", Kind::whole},
    {"duration_seconds", Kind::number, true},
    {"energy_metrics", Kind::numbers},
    {"performance_metrics", Kind::numbers},
    {"energy_quality", Kind::object},
    {"attempts", Kind::list},
    {"mutated", Kind::texts},
    {"command", Kind::texts},
    {"is_control", Kind::boolean},
}};

constexpr std::array<Field, 5> kAttemptFields{{
    {"status", Kind::text},
    {"duration_seconds", Kind::number, true, true},
    {"energy_metrics", Kind::numbers},
    {"error_message", Kind::text},
    {"directory", Kind::text},
}};

constexpr std::array<Field, 2> kQualityFields{{
    {"verdict", Kind::text},
    {"uncertainty_joules", Kind::number, true},
}};

bool is_number_or_null(const Json& value) {
    return value.is_number() || value.is_null();
}

bool is_text(const Json& value) {
    return value.is_string();
}

bool is_of_kind(const Json& value, Kind kind) {
    switch (kind) {
    case Kind::text:
        return value.is_string();
    case Kind::boolean:
        return value.is_boolean();
    case Kind::whole:
        return value.is_number_integer();
    case Kind::number:
        return value.is_number();
    case Kind::object:
        return value.is_object();
    case Kind::list:
        return value.is_array();
    case Kind::texts:
        return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
    case Kind::numbers:
        return value.is_object() && std::all_of(value.begin(), value.end(), is_number_or_null);
    }
    return false;
}

std::string_view kind_words(Kind kind) {
    switch (kind) {
    case Kind::text:
        return "a text";
    case Kind::boolean:
        return "true or false";
    case Kind::whole:
        return "a whole number";
    case Kind::number:
        return "a number";
    case Kind::object:
        return "an object";
    case Kind::list:
        return "a list";
    case Kind::texts:
        return "a list of texts";
    case Kind::numbers:
        return "an object of numbers";
    }
    return "";
}

std::string excerpt_of(const Json& value) {
    return shorten_text(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

template <std::size_t N>
std::string check_fields(const Json& object, const std::array<Field, N>& fields, const std::string& path) {
    if (!object.is_object()) {
        return fmt::format("{} is {}, not an object", path, excerpt_of(object));
    }
    for (const Field& field : fields) {
        const auto found = object.find(field.name);
        if (found == object.end()) {
            if (field.may_be_missing) {
                continue;
            }
            return fmt::format("{} is missing", member_path(path, field.name));
        }
        if (!is_of_kind(*found, field.kind) && !(field.may_be_null && found->is_null())) {
            return fmt::format("{} is {}, not {}", member_path(path, field.name), excerpt_of(*found),
                               kind_words(field.kind));
        }
    }
    return {};
}

std::string check_energy(const Json& energy, const std::string& path) {
    const Json whole = energy_metrics_to_json({});
    for (const auto& [name, value] : whole.items()) {
        if (!energy.contains(name)) {
            return fmt::format("{} is missing", member_path(path, name));
        }
    }
    return {};
}

std::string check_status(const Json& status, const std::string& path) {
    return parse_status(status.get_ref<const std::string&>())
               ? ""
               : fmt::format("{} is {}, no status", path, excerpt_of(status));
}

std::string check_attempt(const Json& attempt, const std::string& path) {
    std::string found = check_fields(attempt, kAttemptFields, path);
    if (found.empty()) {
        found = check_status(attempt.at("status"), member_path(path, "status"));
    }
    return found;
}

std::string check_attempts(const Json& attempts) {
    const std::string path = "$.attempts";
    if (attempts.empty()) {
        return path + " is empty";
    }
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (std::string found = check_attempt(attempts[i], element_path(path, i)); !found.empty()) {
            return found;
        }
    }
    return {};
}

std::string check_qualities(const Json& qualities) {
    for (const char* sensor : {"cpu", "gpu"}) {
        const std::string path = member_path("$.energy_quality", sensor);
        if (!qualities.contains(sensor)) {
            return fmt::format("{} is missing", path);
        }
        if (std::string found = check_fields(qualities.at(sensor), kQualityFields, path); !found.empty()) {
            return found;
        }
    }
    return {};
}

std::string check_version(const Json& record) {
    try {
        check_schema_version(record);
    } catch (const Error& error) {
        return "$." + error.message();
    }
    return {};
}

/// What of `record` is another's than `expected`.
std::string compare(const Json& record, std::string_view field, const Json& expected) {
    const Json& found = record.at(std::string(field));
    return found == expected ? ""
                             : fmt::format("{} is {}, this experiment's is {}", member_path("$", field),
                                           excerpt_of(found), excerpt_of(expected));
}

std::string compare_values(const Json& found, const Json& planned) {
    for (const auto& [name, value] : planned.items()) {
        const auto entry = found.find(name);
        if (entry == found.end() || *entry != value) {
            return fmt::format("{} is {}, the plan has {}", member_path("$.hyperparameters", name),
                               entry == found.end() ? "missing" : excerpt_of(*entry), excerpt_of(value));
        }
    }
    for (const auto& [name, value] : found.items()) {
        if (!planned.contains(name)) {
            return fmt::format("{} is not in the plan", member_path("$.hyperparameters", name));
        }
    }
    return {};
}

std::string first_of(std::initializer_list<std::string> complaints) {
    const auto* const found = std::find_if(complaints.begin(), complaints.end(),
                                           [](const std::string& complaint) { return !complaint.empty(); });
    return found == complaints.end() ? std::string() : *found;
}

} // namespace

std::string check_record(const Json& record) {
    // In this order: a newer program's fields may be anything, and each check relies on the ones before it.
    std::string found = check_version(record);
    if (found.empty()) {
        found = check_fields(record, kFields, "$");
    }
    if (!found.empty()) {
        return found;
    }
    return first_of({check_status(record.at("status"), "$.status"),
                     check_energy(record.at("energy_metrics"), "$.energy_metrics"),
                     check_qualities(record.at("energy_quality")), check_attempts(record.at("attempts"))});
}

std::string check_place(const Json& record, std::string_view session, std::string_view id) {
    return first_of({compare(record, "experiment_id", id), compare(record, "session", session)});
}

std::string check_against_plan(const Json& record, const plan::PlannedExperiment& experiment) {
    return first_of(
        {compare(record, "repository", experiment.training.repository),
         compare(record, "model", experiment.training.model), compare(record, "mode", plan::mode_name(experiment.mode)),
         compare_values(record.at("hyperparameters"), values_to_json(experiment.training.hyperparameters))});
}

} // namespace mutation::record
