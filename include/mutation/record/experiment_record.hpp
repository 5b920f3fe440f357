#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/core/value.hpp"
#include "mutation/energy/energy.hpp"
#include "mutation/record/environment.hpp"
#include "mutation/record/schema_version.hpp"

#include <array>
#include <bitset>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::record {

enum class Status { ok, ok_without_metrics, failed, timed_out, stalled, interrupted };
/// The words for `Status`, in its order.
inline constexpr std::array<std::string_view, 6> kStatuses{"ok",      "ok_without_metrics", "failed", "timed_out",
                                                           "stalled", "interrupted"};

[[nodiscard]] std::string_view status_name(Status status);
/// Whether the training counts as a success: `ok` and `ok_without_metrics`.
[[nodiscard]] bool is_success(Status status);

/// How the machine rested between two experiments.
enum class CooldownKind {
    none,   ///< it did not
    idle,   ///< nothing of ours ran
    loaded, ///< a background that several experiments share ran on
};
inline constexpr std::array<std::string_view, 3> kCooldownKinds{"none", "idle", "loaded"};

/// A moment by the wall clock. It keeps its text, so that a record is not changed by reading it in another time zone.
struct Moment {
    std::string text; ///< ISO 8601 with offset
    double epoch_seconds = 0;
};

[[nodiscard]] Moment moment_of(WallTime time);

/// When a training ran.
struct WallWindow {
    Moment start;
    Moment end;
};

/// One fork of the training script.
struct AttemptRecord {
    int number = 1;
    Status status = Status::failed;
    std::optional<int> exit_code;     ///< of the training; none: it did not exit by itself
    std::optional<int> signal;        ///< the signal that ended it
    std::optional<WallWindow> window; ///< none: it never started
    std::optional<Seconds> duration;  ///< none: it never started
    /// Whether the program was killed during it: window and figures then end at the last reading that was stored.
    bool is_cut_off = false;
    energy::Measurement measurement;
    std::map<std::string, std::optional<double>> metrics; ///< recorded of the last attempt only
    std::string error_message;                            ///< "" on success
    std::vector<std::string> remarks;
    std::string directory = "."; ///< relative to the experiment's
    Json unknown;                ///< members that this program does not know, from the file that it was read from
};

/// The training that ran beside the measured one.
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

/// Columns of summary.csv by their numbers.
using ColumnSet = std::bitset<128>;

/// The facts of one experiment. The last attempt's are the experiment's.
struct ExperimentRecord {
    std::string session;
    std::string id;
    std::string timestamp; ///< when the record was made: local time without zone, as v3.0 wrote it
    std::string repository;
    std::string model;
    config::Mode mode = config::Mode::mutation;
    std::vector<Assignment> hyperparameters;
    std::vector<std::string> command;
    std::vector<AttemptRecord> attempts; ///< at least one; those of an interrupted run come first
    std::size_t unrecorded_attempts = 0; ///< earlier ones of v3.0, which only counted them
    std::optional<BackgroundRecord> background;
    std::optional<int> replicate;
    bool is_control = false;
    std::optional<CooldownKind> cooldown; ///< before it
    std::optional<Environment> environment;
    bool is_of_v3 = false; ///< read from a file of v3.0, which recorded no attempts
    ColumnSet unrecorded;  ///< columns whose fields are not in the file that the record was read from

    [[nodiscard]] const AttemptRecord& last_attempt() const { return attempts.back(); }
    [[nodiscard]] AttemptRecord& last_attempt() { return attempts.back(); }
    [[nodiscard]] Status status() const { return attempts.back().status; }
    /// Attempts after a failed one. An attempt that was interrupted and is run again is not a retry.
    [[nodiscard]] std::size_t retries() const;
};

/// `before` plus the CPU and GPU energy of `measurement`. What was not measured is left out; nullopt if nothing was.
[[nodiscard]] std::optional<Joules> add_energy(std::optional<Joules> before, const energy::Measurement& measurement);
/// The CPU and GPU energy of all attempts, as far as it was measured.
[[nodiscard]] std::optional<Joules> attempts_energy(const ExperimentRecord& record);
/// The same of the attempts that did not succeed, including those of an interrupted run.
[[nodiscard]] std::optional<Joules> failed_attempts_energy(const ExperimentRecord& record);
/// The sum of the durations of all attempts.
[[nodiscard]] Seconds attempts_duration(const ExperimentRecord& record);

/// The record as in `experiment.json` (docs/experiment-record.schema.json). Absent figures are null.
[[nodiscard]] Json record_to_json(const ExperimentRecord& record);

/// The reverse, also for records of v3.0, which have no schema_version, flat or nested in `foreground`. A field that
/// need not be there (in v3.0: all but the id) is not recorded if it is missing or of another type. Error(usage) for
/// what is not a record and for a record of a newer program. Error(storage) with the JSON path, the value and the right
/// type for any other field that is missing or of another type.
[[nodiscard]] ExperimentRecord record_from_json(const Json& json);
/// The same, but records of v3.0 are refused.
[[nodiscard]] ExperimentRecord own_record_from_json(const Json& json);

/// Writes the changes of `record` since it was read from `document` into `document`, and changes nothing else.
void update_document(Json& document, const ExperimentRecord& record);

} // namespace mutation::record
