#pragma once

#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

/// One session's folder: `results/run_YYYYMMDD_HHMMSS/`. Files are written whole or not at all. Failures are
/// Error(storage) with the path and the system's reason.
class SessionStore {
public:
    /// Creates a new one below `results`, which is created too. A second session in one second gets the suffix `_2`.
    [[nodiscard]] static SessionStore create(const std::filesystem::path& results, WallTime now);
    /// An existing one. Error(usage) if it does not exist. `name`: its name in its records, if the folder was renamed.
    [[nodiscard]] static SessionStore open(const std::filesystem::path& directory, const std::string& name = "");

    /// Locks the session for the lifetime of this object. Error(machine) if another process has the lock.
    void lock();
    /// Whether a process has the lock now.
    [[nodiscard]] bool is_locked() const;

    [[nodiscard]] const SessionLayout& layout() const { return layout_; }
    [[nodiscard]] const std::filesystem::path& directory() const { return layout_.directory(); }
    /// The name of the session in its records: the original name of its folder.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::filesystem::path summary() const { return layout_.summary(); }

    /// Adds a round of experiments to the end of the plan in session.json and returns them with their numbers and ids,
    /// which are set here. If the program is killed, the file holds the former plan or the whole longer one. Only for
    /// the holder of the lock.
    [[nodiscard]] std::vector<plan::PlannedExperiment>
    append_experiments(std::vector<plan::PlannedExperiment> round) const;

    /// Creates an experiment's folder with its `energy`. It may exist already (of an interrupted run).
    [[nodiscard]] std::filesystem::path create_experiment(const std::string& id) const;
    /// Moves the files of an attempt into `attempt_<number>/` with `record`, which has the attempts up to this one, and
    /// creates a new `energy`. The logs of a background stay. If a kill interrupts this, `read_attempts` completes it.
    void archive_attempt(const std::string& id, int number, const ExperimentRecord& record) const;
    void write_record(const std::string& id, const ExperimentRecord& record) const;
    /// The record of an experiment; nullopt if it has none. Error(storage) for a record that is damaged, belongs to
    /// another session or experiment, or has other values than the plan.
    [[nodiscard]] std::optional<ExperimentRecord> read_record(const plan::PlannedExperiment& experiment) const;
    /// The attempts of an experiment so far, including those of a killed program; empty if none was begun.
    /// Error(storage) as `read_record`.
    [[nodiscard]] std::vector<AttemptRecord> read_attempts(const plan::PlannedExperiment& experiment) const;
    /// Prepares another run of an experiment: the files in its folder become `attempt_<n>/`. Returns the attempts so
    /// far for the new record; empty if the folder does not exist.
    [[nodiscard]] std::vector<AttemptRecord> archive_for_resume(const plan::PlannedExperiment& experiment) const;

private:
    SessionStore(std::filesystem::path directory, std::string name)
        : layout_(std::move(directory)), name_(std::move(name)) {}

    [[nodiscard]] std::optional<ExperimentRecord> read_record_in(const ExperimentLayout& folder,
                                                                 const plan::PlannedExperiment& experiment) const;
    [[nodiscard]] std::vector<AttemptRecord> attempts_without_record(const plan::PlannedExperiment& experiment) const;

    SessionLayout layout_;
    std::string name_;
    system::UniqueFd lock_;
};

} // namespace mutation::record
