#include "mutation/sensors/recovery_facts.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/system/file.hpp"

#include <cstdint>

namespace mutation::sensors {

namespace {

constexpr int kFactsVersion = 1;

template <class Time>
Json json_of_time(Time time) {
    return time.time_since_epoch().count();
}

template <class Time>
Time time_of_json(const Json& json) {
    return Time(std::chrono::nanoseconds(json.get<std::int64_t>()));
}

template <class Unit>
Json json_of(const std::optional<Unit>& value) {
    return value ? Json(value->value()) : Json(nullptr);
}

template <class Unit>
std::optional<Unit> unit_of(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(Unit(json.get<double>()));
}

Json json_of_field(const energy::PowerField& field) {
    const energy::PowerSensor& sensor = field.sensor;
    return {{"name", field.name},
            {"averaging_seconds", sensor.averaging.count()},
            {"averaging_doubt", sensor.averaging_doubt},
            {"longest_averaging_seconds", sensor.longest_averaging.count()},
            {"update_interval_seconds", sensor.update_interval.count()},
            {"seen_share", sensor.seen_share},
            {"resolution_watts", sensor.resolution.value()},
            {"stamp_resolution_seconds", sensor.stamp_resolution.count()},
            {"accuracy_percent", json_of(field.accuracy)},
            {"accuracy_source", field.accuracy_source}};
}

energy::PowerField field_of_json(const Json& json) {
    energy::PowerField field;
    field.name = json.at("name").get<std::string>();
    field.sensor.averaging = Seconds(json.at("averaging_seconds").get<double>());
    field.sensor.averaging_doubt = json.at("averaging_doubt").get<double>();
    field.sensor.longest_averaging = Seconds(json.at("longest_averaging_seconds").get<double>());
    field.sensor.update_interval = Seconds(json.at("update_interval_seconds").get<double>());
    field.sensor.seen_share = json.at("seen_share").get<double>();
    field.sensor.resolution = Watts(json.at("resolution_watts").get<double>());
    field.sensor.stamp_resolution = Seconds(json.at("stamp_resolution_seconds").get<double>());
    field.accuracy = unit_of<Percent>(json.at("accuracy_percent"));
    field.accuracy_source = json.at("accuracy_source").get<std::string>();
    return field;
}

Json json_of_idle(const std::optional<energy::IdleLevels>& idle) {
    if (!idle) {
        return nullptr;
    }
    Json gpus = Json::array();
    for (const std::optional<Watts>& level : idle->gpus) {
        gpus.push_back(json_of(level));
    }
    return {{"cpu_watts", json_of(idle->cpu)}, {"gpu_watts", std::move(gpus)}};
}

std::optional<energy::IdleLevels> idle_of_json(const Json& json) {
    if (json.is_null()) {
        return std::nullopt;
    }
    energy::IdleLevels idle{unit_of<Watts>(json.at("cpu_watts")), {}};
    for (const Json& level : json.at("gpu_watts")) {
        idle.gpus.push_back(unit_of<Watts>(level));
    }
    return idle;
}

Json json_of_facts(const RecoveryFacts& facts) {
    Json gpus = Json::array();
    for (const RecoveryGpu& gpu : facts.gpus) {
        gpus.push_back(Json{{"index", gpu.index},
                            {"uuid", gpu.uuid},
                            {"name", gpu.name},
                            {"is_counted", gpu.is_counted},
                            {"power_field", json_of_field(gpu.field)}});
    }
    return {{"version", kFactsVersion},
            {"training_start_monotonic_ns", json_of_time(facts.start)},
            {"training_start_wall_ns", json_of_time(facts.wall_start)},
            {"wall_lead_seconds", facts.wall_lead.count()},
            {"cpu_method", facts.cpu_method},
            {"cpu_events", facts.cpu_events},
            {"perf_spawned_monotonic_ns", json_of_time(facts.perf_spawned)},
            {"launcher_up_monotonic_ns", json_of_time(facts.launcher_up)},
            {"gpu_method", facts.gpu_method},
            {"gpu_source", facts.gpu_source},
            {"sample_interval_seconds", facts.sample_interval.count()},
            {"visibility_remark", facts.visibility_remark ? Json(*facts.visibility_remark) : Json(nullptr)},
            {"gpus", std::move(gpus)},
            {"idle", json_of_idle(facts.idle)}};
}

RecoveryFacts facts_of_json(const Json& json) {
    RecoveryFacts facts;
    facts.start = time_of_json<MonotonicTime>(json.at("training_start_monotonic_ns"));
    facts.wall_start = time_of_json<WallTime>(json.at("training_start_wall_ns"));
    facts.wall_lead = Seconds(json.at("wall_lead_seconds").get<double>());
    facts.cpu_method = json.at("cpu_method").get<std::string>();
    facts.cpu_events = json.at("cpu_events").get<std::vector<std::string>>();
    facts.perf_spawned = time_of_json<MonotonicTime>(json.at("perf_spawned_monotonic_ns"));
    facts.launcher_up = time_of_json<MonotonicTime>(json.at("launcher_up_monotonic_ns"));
    facts.gpu_method = json.at("gpu_method").get<std::string>();
    facts.gpu_source = json.at("gpu_source").get<std::string>();
    facts.sample_interval = Seconds(json.at("sample_interval_seconds").get<double>());
    if (const Json& remark = json.at("visibility_remark"); !remark.is_null()) {
        facts.visibility_remark = remark.get<std::string>();
    }
    for (const Json& gpu : json.at("gpus")) {
        facts.gpus.push_back({gpu.at("index").get<int>(), gpu.at("uuid").get<std::string>(),
                              gpu.at("name").get<std::string>(), gpu.at("is_counted").get<bool>(),
                              field_of_json(gpu.at("power_field"))});
    }
    facts.idle = idle_of_json(json.at("idle"));
    return facts;
}

} // namespace

void write_recovery_facts(const RecoveryFacts& facts, const std::filesystem::path& folder) {
    system::write_file_atomically(folder / kRecoveryFactsFile,
                                  json_of_facts(facts).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<RecoveryFacts> read_recovery_facts(const std::filesystem::path& folder) {
    try {
        const ParsedJson parsed = parse_json(system::read_own_file(folder / kRecoveryFactsFile));
        if (!parsed.ok() || !parsed.value.is_object() || parsed.value.value("version", Json()) != kFactsVersion) {
            return std::nullopt;
        }
        return facts_of_json(parsed.value);
    } catch (const Error&) { // there is no such file
        return std::nullopt;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

} // namespace mutation::sensors
