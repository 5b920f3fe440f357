#include "mutation/core/error.hpp"
#include "mutation/record/experiment_record.hpp"
#include "record_table.hpp"

#include <utility>

namespace mutation::record {

namespace {

/// v3.0 nested all but id, timestamp, mode and background of a parallel run in `foreground`.
Json* foreground_of(Json& document) {
    const auto found = document.find("foreground");
    return !document.contains("schema_version") && found != document.end() && found->is_object() ? &*found : nullptr;
}

void check_version(const Json& json) {
    try {
        check_schema_version(json);
    } catch (const Error& error) {
        throw Error(error.kind(), "$." + error.message());
    }
}

ExperimentRecord read_record(Json& json) {
    ExperimentRecord record;
    record.attempts.resize(1);
    record.is_of_v3 = !json.contains("schema_version");
    record_table().read(record, json, Place(), {record.is_of_v3, false, &record.unrecorded}, foreground_of(json));
    return record;
}

/// Gives `object` the members of `after` that are others than those of `before`.
void take_changes(Json& object, const Json& before, Json& after) {
    for (auto& [name, value] : after.get_ref<Json::object_t&>()) {
        const Json& old = before.at(name);
        if (value == old) {
            continue;
        }
        Json& place = object[name];
        const bool has_same_elements =
            value.is_array() && place.is_array() && value.size() == old.size() && value.size() == place.size();
        if (!has_same_elements || !value.front().is_object()) {
            place = std::move(value);
            continue;
        }
        for (std::size_t i = 0; i < value.size(); ++i) {
            take_changes(place[i], old[i], value[i]);
        }
    }
}

} // namespace

Json record_to_json(const ExperimentRecord& record) {
    return record_table().write(record);
}

ExperimentRecord record_from_json(Json json) {
    check_version(json);
    if (!json.is_object() || !json.value("experiment_id", Json()).is_string()) {
        throw Error(ErrorKind::usage, "$.experiment_id is not a text: this is not an experiment record");
    }
    return read_record(json);
}

ExperimentRecord own_record_from_json(Json json) {
    const Place root;
    check_version(json);
    if (!json.is_object()) {
        throw_wrong(root, json, "not an object");
    }
    if (!json.contains("schema_version")) {
        throw_missing({&root, "schema_version", 0});
    }
    return read_record(json);
}

void update_document(Json& document, const ExperimentRecord& record) {
    const Json before = record_to_json(record_from_json(document));
    Json after = record_to_json(record);
    constexpr const char* kFailedEnergy = "failed_attempts_energy_joules";
    if (!record.is_of_v3 && before.at("attempts") != after.at("attempts")) {
        document[kFailedEnergy] = after.at(kFailedEnergy); // what the file said may not fit its attempts
    }
    Json* nested = foreground_of(document);
    take_changes(nested == nullptr ? document : *nested, before, after);
}

} // namespace mutation::record
