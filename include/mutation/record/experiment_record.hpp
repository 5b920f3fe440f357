#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"
#include "mutation/measure/energy.hpp"
#include "mutation/record/schema_version.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

enum class Status { ok, ok_without_metrics, failed, timed_out, stalled, interrupted };

[[nodiscard]] std::string_view status_name(Status status);
[[nodiscard]] std::optional<Status> parse_status(std::string_view name);
/// Whether the training counts as a success: `ok` and `ok_without_metrics`.
[[nodiscard]] bool is_success(Status status);

/// When a training ran, by the wall clock.
struct WallWindow {
    WallTime start;
    WallTime end;
};

/// One fork of the training script.
struct AttemptRecord {
    int number = 1;
    Status status = Status::failed;
    std::optional<int> exit_code;     ///< of the training itself; none: it did not exit by itself
    std::optional<int> signal;        ///< the signal that ended it
    std::optional<WallWindow> window; ///< none: it never started
    Seconds duration{0};
    measure::Measurement measurement;
    std::map<std::string, std::optional<double>> metrics;
    std::string error_message; ///< "" on success
    std::vector<std::string> remarks;
    std::string directory = "."; ///< relative to the experiment's
};

/// What ran beside the measured training.
struct BackgroundRecord {
    std::string repository;
    std::string model;
    std::vector<Assignment> hyperparameters;
    bool reuse = false;
    int starts = 0;
    int failures = 0;
    std::vector<double> restart_gaps_seconds;
    std::vector<std::string> logs;
    std::optional<Percent> alive;
};

/// The facts of one experiment. The last attempt's are the experiment's.
struct ExperimentRecord {
    std::string session;
    std::string id;
    WallTime timestamp; ///< when the record was made
    std::string repository;
    std::string model;
    std::string mode; ///< `mutation`, `default`, `parallel`
    std::vector<Assignment> hyperparameters;
    std::vector<std::string> command;
    std::vector<Json> earlier_attempts;  ///< of an interrupted run of it, as that run recorded them
    std::vector<AttemptRecord> attempts; ///< at least one
    std::optional<BackgroundRecord> background;
    std::optional<int> replicate;
    bool is_control = false;
    std::optional<std::string> cooldown; ///< how the machine cooled down before it: `idle`, `loaded`, `none`
    Json environment = Json::object();   ///< CPU, GPUs, driver, kernel, governor, perf, tool version, repository commit

    [[nodiscard]] const AttemptRecord& last_attempt() const { return attempts.back(); }
    [[nodiscard]] Status status() const { return attempts.back().status; }
};

/// The record's `hyperparameters`.
[[nodiscard]] Json values_to_json(const std::vector<Assignment>& values);

/// One of the record's `attempts`.
[[nodiscard]] Json attempt_to_json(const AttemptRecord& attempt);

/// What the attempts that did not succeed cost, CPU and GPU as far as they were measured; those of an interrupted run
/// too. `attempts` are as the record has them. null: nothing was measured.
[[nodiscard]] Json failed_attempts_energy(const Json& attempts);

/// The record as `experiment.json` holds it (docs/experiment-record.schema.json). Absent figures are null.
[[nodiscard]] Json record_to_json(const ExperimentRecord& record);

} // namespace mutation::record
