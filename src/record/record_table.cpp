#include "record_table.hpp"

#include <algorithm>

namespace mutation::record {

namespace {

const ObjectTable<WallWindow>& window_table() {
    static const ObjectTable<WallWindow> filled = [] {
        ObjectTable<WallWindow> table;
        // clang-format off
        table.field("start", "ISO 8601 with offset", [](auto& w) -> auto& { return w.start.text; }).column("window_start", 23);
        table.field("end", "ISO 8601 with offset", [](auto& w) -> auto& { return w.end.text; }).column("window_end", 24);
        table.field("start_epoch_seconds", "start in seconds since 1970", [](auto& w) -> auto& { return w.start.epoch_seconds; }).in("s");
        table.field("end_epoch_seconds", "end in seconds since 1970", [](auto& w) -> auto& { return w.end.epoch_seconds; }).in("s");
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<BackgroundRecord>& background_table() {
    static const ObjectTable<BackgroundRecord> filled = [] {
        constexpr const char* kNote = "the energy is the machine's, of both trainings together; it cannot be split";
        ObjectTable<BackgroundRecord> table;
        // clang-format off
        table.field("repository", "canonical name", [](auto& b) -> auto& { return b.repository; }).column("background_repository", 42);
        table.field("model", "canonical name", [](auto& b) -> auto& { return b.model; }).column("background_model", 43);
        table.field("hyperparameters", "its values", [](auto& b) -> auto& { return b.hyperparameters; });
        table.field("reuse", "whether several experiments share it", [](auto& b) -> auto& { return b.reuse; });
        table.field("starts", "starts during this experiment and the cooldown before it", [](auto& b) -> auto& { return b.starts; });
        table.field("failures", "number of failed backgrounds", [](auto& b) -> auto& { return b.failures; });
        table.field("restart_gaps_seconds", "time from each end to the next start", [](auto& b) -> auto& { return b.restart_gaps_seconds; }).in("s");
        table.field("logs", "relative to the session's folder", [](auto& b) -> auto& { return b.logs; });
        table.field("alive_percent", "share of the window during which it was running", [](auto& b) -> auto& { return b.alive; }).column("background_alive_percent", 44);
        table.derived("note", "says that the energy is the sum of both", [](const BackgroundRecord& /*b*/) { return std::string(kNote); });
        // clang-format on
        return table;
    }();
    return filled;
}

std::vector<std::string> mutated_names(const ExperimentRecord& record) {
    std::vector<std::string> names;
    for (const Assignment& assignment : record.hyperparameters) {
        if (assignment.is_mutated) {
            names.push_back(assignment.name);
        }
    }
    return names;
}

void set_mutated(ExperimentRecord& record, const std::vector<std::string>& names) {
    for (Assignment& assignment : record.hyperparameters) {
        assignment.is_mutated = std::find(names.begin(), names.end(), assignment.name) != names.end();
    }
}

void set_retries(ExperimentRecord& record, std::size_t retries) {
    record.unrecorded_attempts = 0;
    const std::size_t recorded = record.retries();
    record.unrecorded_attempts = retries > recorded ? retries - recorded : 0;
}

std::optional<Joules> estimated_energy(const ExperimentRecord& record) {
    const auto& estimated = record.last_attempt().measurement.cpu_estimated;
    return estimated ? std::optional(estimated->energy) : std::nullopt;
}

void set_estimated_energy(ExperimentRecord& record, const std::optional<Joules>& energy) {
    auto& estimated = record.last_attempt().measurement.cpu_estimated;
    estimated = energy ? std::optional(energy::EstimatedEnergy{*energy, ""}) : std::nullopt;
}

std::optional<std::string> estimate_method(const ExperimentRecord& record) {
    const auto& estimated = record.last_attempt().measurement.cpu_estimated;
    return estimated ? std::optional(estimated->method) : std::nullopt;
}

void set_estimate_method(ExperimentRecord& record, const std::optional<std::string>& method) {
    if (auto& estimated = record.last_attempt().measurement.cpu_estimated; estimated && method) {
        estimated->method = *method;
    }
}

/// Of v3.0's records; in ours the status, which follows, says more.
void set_success(ExperimentRecord& record, bool is_successful) {
    record.last_attempt().status = is_successful ? Status::ok : Status::failed;
}

/// v3.0's members, in its order.
void add_first_members(ObjectTable<ExperimentRecord>& table) {
    // clang-format off
    table.field("experiment_id", "name of its folder; unique together with `session`", [](auto& r) -> auto& { return r.id; }).column("experiment_id", 1).required();
    table.field("timestamp", "when the record was written: local time without zone, as in v3.0", [](auto& r) -> auto& { return r.timestamp; }).column("timestamp", 2).required();
    table.field("repository", "canonical name", [](auto& r) -> auto& { return r.repository; }).column("repository", 3).required();
    table.field("model", "canonical name", [](auto& r) -> auto& { return r.model; }).column("model", 4).required();
    table.field("hyperparameters", "every value in use; null: the flag was left out, so the script's own default applies", [](auto& r) -> auto& { return r.hyperparameters; }).required();
    table.field("duration_seconds", "lifetime of the training's process (last attempt)", [](auto& r) -> auto& { return r.last_attempt().duration; }).column("duration_seconds", 6).required();
    table.object("energy_metrics", "energy of the last attempt", energy_metrics_table(), [](auto& r) -> auto& { return r.last_attempt().measurement; }).required();
    table.field("performance_metrics", "last match of each pattern; null: no value, see [Metrics](#metrics)", [](auto& r) -> auto& { return r.last_attempt().metrics; }).required();
    table.property("training_success", "whether the status is one of the two successes", [](const ExperimentRecord& r) { return is_success(r.status()); }, set_success).column("training_success", 5).required();
    table.property("retries", "number of attempts after a failed one; an attempt that `resume` repeats after an interruption does not count", [](const ExperimentRecord& r) { return r.retries(); }, set_retries).column("retries", 7).required();
    table.field("error_message", "why it failed; empty on success", [](auto& r) -> auto& { return r.last_attempt().error_message; }).column("error_message", 22).required();
    // clang-format on
}

} // namespace

const ObjectTable<AttemptRecord>& attempt_table() {
    static const ObjectTable<AttemptRecord> filled = [] {
        ObjectTable<AttemptRecord> table;
        // clang-format off
        table.field("number", "from 1", [](auto& a) -> auto& { return a.number; });
        table.field("status", "its result: see the table of statuses", [](auto& a) -> auto& { return a.status; }).required();
        table.field("exit_code", "exit status of the training; null: it did not exit by itself", [](auto& a) -> auto& { return a.exit_code; });
        table.field("signal", "signal that ended it", [](auto& a) -> auto& { return a.signal; });
        table.field("duration_seconds", "lifetime of its process; null: it never started", [](auto& a) -> auto& { return a.duration; }).checked();
        table.object("window", "start and end by the wall clock; null: it never started", window_table(), [](auto& a) -> auto& { return a.window; });
        table.field("cut_off", "whether the program was killed during it; `resume` then recovers the figures up to the last stored reading, and `window` ends there", [](auto& a) -> auto& { return a.is_cut_off; });
        table.object("energy_metrics", "of this attempt", energy_metrics_table(), [](auto& a) -> auto& { return a.measurement; }).required().partial();
        table.object("energy_quality", "of this attempt", energy_quality_table(), [](auto& a) -> auto& { return a.measurement; });
        table.field("error_message", "why it failed; empty on success", [](auto& a) -> auto& { return a.error_message; }).required();
        table.field("remarks", "further remarks", [](auto& a) -> auto& { return a.remarks; });
        table.field("directory", "its files, relative to the experiment's folder; `.` for the last attempt", [](auto& a) -> auto& { return a.directory; }).required();
        // clang-format on
        return table;
    }();
    return filled;
}

const ObjectTable<ExperimentRecord>& record_table() {
    static const ObjectTable<ExperimentRecord> filled = [] {
        ObjectTable<ExperimentRecord> table;
        add_first_members(table);
        // clang-format off
        table.derived("schema_version", "version of this format; it grows if older readers would misread a newer record", [](const ExperimentRecord& /*r*/) { return kSchemaVersion; }).required();
        table.field("session", "original name of the session's folder; it stays the same if the folder is moved or renamed", [](auto& r) -> auto& { return r.session; }).column("session", kSessionColumn).required();
        table.field("mode", "`mutation`, `default`, `parallel`", [](auto& r) -> auto& { return r.mode; }).column("mode", 20).required();
        table.field("status", "result of the last attempt: see the table of statuses", [](auto& r) -> auto& { return r.last_attempt().status; }).column("status", 21).required();
        table.property("mutated", "hyperparameters that were drawn", mutated_names, set_mutated).column("mutated", 46).required();
        table.field("command", "the training's argv", [](auto& r) -> auto& { return r.command; }).required();
        table.object("window", "start and end of the last attempt by the wall clock; null: it never started", window_table(), [](auto& r) -> auto& { return r.last_attempt().window; });
        table.list("gpus", "every GPU of the machine", gpu_table(), [](auto& r) -> auto& { return r.last_attempt().measurement.gpu.devices; });
        table.object("energy_quality", "how the energy of the last attempt was measured, and how far it can be trusted", energy_quality_table(), [](auto& r) -> auto& { return r.last_attempt().measurement; }).required();
        table.object("energy_net", "energy above the idle machine", energy_net_table(), [](auto& r) -> auto& { return r.last_attempt().measurement.net; });
        table.object("contamination", "other load on the machine", contamination_table(), [](auto& r) -> auto& { return r.last_attempt().measurement.contamination; });
        table.field("start_temperature_celsius", "hottest counted GPU before the training", [](auto& r) -> auto& { return r.last_attempt().measurement.start_temperature; }).column("start_temperature_celsius", 38);
        table.property("cpu_energy_estimated_joules", "rule of thumb, only if nothing was measured; never in another field", estimated_energy, set_estimated_energy).column("estimated_cpu_energy_joules", 36);
        table.property("cpu_energy_estimated_method", "the rule", estimate_method, set_estimate_method);
        table.derived("failed_attempts_energy_joules", "energy of the failed attempts, CPU and GPU, as far as measured", failed_attempts_energy).column("failed_attempts_energy_joules", 37);
        table.list("attempts", "all attempts", attempt_table(), [](auto& r) -> auto& { return r.attempts; }).required().read_first().never_empty();
        table.object("background", "the background training, or null; the energy is that of both and cannot be split ([PARALLEL.md](PARALLEL.md))", background_table(), [](auto& r) -> auto& { return r.background; });
        table.field("replicate", "number of the repetition with the same values, from 1", [](auto& r) -> auto& { return r.replicate; }).column("replicate", 45);
        table.field("is_control", "whether it is a control run", [](auto& r) -> auto& { return r.is_control; }).column("is_control", 47).required();
        table.field("cooldown", "the machine during the cooldown before: `idle`, `loaded`, `none`", [](auto& r) -> auto& { return r.cooldown; }).column("cooldown", 48);
        table.object("environment", "machine, program, sensors, and the repository's commit", environment_table(), [](auto& r) -> auto& { return r.environment; }).empty_if_absent();
        // clang-format on
        return table;
    }();
    return filled;
}

} // namespace mutation::record
