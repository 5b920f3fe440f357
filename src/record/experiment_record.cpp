#include "mutation/record/experiment_record.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/clock.hpp"
#include "record_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mutation::record {

namespace {

/// v3.0 nested all but id, timestamp, mode and background of a parallel run in `foreground`.
const Json* foreground_of(const Json& document) {
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

ExperimentRecord read_record(const Json& json) {
    const JsonSource source(json, "$", throw_note);
    ExperimentRecord record;
    record.attempts.resize(1);
    record.is_of_v3 = !json.contains("schema_version");
    record_table().read(record, source.root(), {record.is_of_v3, false, &record.unrecorded}, foreground_of(json));
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

std::string_view status_name(Status status) {
    return kStatuses[static_cast<std::size_t>(status)];
}

bool is_success(Status status) {
    return status == Status::ok || status == Status::ok_without_metrics;
}

Moment moment_of(WallTime time) {
    return {system::format_iso(time), system::epoch_seconds(time)};
}

std::size_t ExperimentRecord::retries() const {
    const auto is_retried = [](const AttemptRecord& attempt) { return attempt.status != Status::interrupted; };
    return unrecorded_attempts +
           static_cast<std::size_t>(std::count_if(attempts.begin(), std::prev(attempts.end()), is_retried));
}

std::optional<Joules> add_energy(std::optional<Joules> before, const energy::Measurement& measurement) {
    for (const std::optional<Joules>& part : {measurement.cpu.total, measurement.gpu.energy}) {
        if (part) {
            before = before.value_or(Joules(0)) + *part;
        }
    }
    return before;
}

std::optional<Joules> attempts_energy(const ExperimentRecord& record) {
    std::optional<Joules> sum;
    for (const AttemptRecord& attempt : record.attempts) {
        sum = add_energy(sum, attempt.measurement);
    }
    return sum;
}

std::optional<Joules> failed_attempts_energy(const ExperimentRecord& record) {
    std::optional<Joules> sum;
    for (const AttemptRecord& attempt : record.attempts) {
        if (!is_success(attempt.status)) {
            sum = add_energy(sum, attempt.measurement);
        }
    }
    return sum;
}

Seconds attempts_duration(const ExperimentRecord& record) {
    Seconds sum{0};
    for (const AttemptRecord& attempt : record.attempts) {
        sum += attempt.duration.value_or(Seconds(0));
    }
    return sum;
}

Json record_to_json(const ExperimentRecord& record) {
    return record_table().write(record);
}

ExperimentRecord record_from_json(const Json& json) {
    check_version(json);
    if (!json.is_object() || !json.value("experiment_id", Json()).is_string()) {
        throw Error(ErrorKind::usage, "$.experiment_id is not a text: this is not an experiment record");
    }
    return read_record(json);
}

ExperimentRecord own_record_from_json(const Json& json) {
    check_version(json);
    const JsonSource source(json, "$", throw_note);
    if (!json.is_object()) {
        source.root().error("not an object");
    }
    if (!json.contains("schema_version")) {
        throw_missing(source.root(), "schema_version");
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
    take_changes(foreground_of(document) == nullptr ? document : document["foreground"], before, after);
}

} // namespace mutation::record
