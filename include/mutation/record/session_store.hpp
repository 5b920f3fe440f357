#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::record {

/// Where the logs of background trainings lie, in an experiment's folder or, of a background that several share, in the
/// session's.
constexpr const char* kBackgroundLogFolder = "background_logs";

/// The folder of an experiment's attempt, in the experiment's.
[[nodiscard]] std::string attempt_folder(int number);

/// Says that a folder is no session, and which folder is to be named instead if it holds sessions or is an experiment
/// of one; else `reason`.
[[nodiscard]] std::string explain_no_session(const std::filesystem::path& folder, std::string_view reason);

/// One session's folder: `results/run_YYYYMMDD_HHMMSS/`. Everything in it is written whole or not at all; failures are
/// Error(storage) with the path and the system's reason.
class SessionStore {
public:
    /// Makes a new one below `results`, which is made too. A second session in one second gets the suffix `_2`.
    [[nodiscard]] static SessionStore create(const std::filesystem::path& results, WallTime now);
    /// One that is there. Error(usage) when it is none. `name`: what its records call it, where that is not the
    /// folder's name of today.
    [[nodiscard]] static SessionStore open(const std::filesystem::path& directory, const std::string& name = "");

    /// Keeps every other run of the program off this session for our lifetime. Error(machine) when one has it already.
    void lock();
    /// Whether a run of the program has it now.
    [[nodiscard]] bool is_locked() const;

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    /// What records call the session: the name that its folder was made with.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::filesystem::path summary() const { return directory_ / "summary.csv"; }

    void write_session(const Json& session) const;
    /// Error(usage) when session.json is missing, broken or of a newer program.
    [[nodiscard]] Json read_session() const;
    /// Adds a round of experiments to the end of the plan in session.json and returns them with their numbers and ids,
    /// which are set here. If the program is killed, the file holds the former plan or the whole longer one. Only for
    /// the holder of the lock.
    [[nodiscard]] std::vector<plan::PlannedExperiment>
    append_experiments(std::vector<plan::PlannedExperiment> round) const;

    /// Makes an experiment's folder with its `energy`; one that is there (an interrupted run's) is fine.
    [[nodiscard]] std::filesystem::path create_experiment(const std::string& id) const;
    /// Moves what an attempt left into `attempt_<number>/`, the logs of a background aside, with `record`, which tells
    /// of the attempts up to it, and makes `energy` anew. Where this is cut off at any moment, `read_attempts` ends it.
    void archive_attempt(const std::string& id, int number, const ExperimentRecord& record) const;
    void write_record(const std::string& id, const ExperimentRecord& record) const;
    /// The record of an experiment, nothing where there is none. Error(storage) for one that is damaged, of another
    /// session or experiment, or of other values than were planned.
    [[nodiscard]] std::optional<ExperimentRecord> read_record(const plan::PlannedExperiment& experiment) const;
    /// The attempts of an experiment so far, those of a killed program too; empty where none was begun. Error(storage)
    /// as `read_record`.
    [[nodiscard]] std::vector<AttemptRecord> read_attempts(const plan::PlannedExperiment& experiment) const;
    /// Clears the way for another run of an experiment: what lies in its folder becomes `attempt_<n>/`, the record's
    /// last attempt included. Returns the attempts that were made so far, as the new record is to hold them; empty
    /// where the folder is not there.
    [[nodiscard]] std::vector<AttemptRecord> archive_for_resume(const plan::PlannedExperiment& experiment) const;

private:
    SessionStore(std::filesystem::path directory, std::string name)
        : directory_(std::move(directory)), name_(std::move(name)) {}

    [[nodiscard]] std::optional<ExperimentRecord> read_record_in(const std::filesystem::path& folder,
                                                                 const plan::PlannedExperiment& experiment) const;
    [[nodiscard]] std::vector<AttemptRecord> attempts_without_record(const plan::PlannedExperiment& experiment) const;

    std::filesystem::path directory_;
    std::string name_;
    system::UniqueFd lock_;
};

} // namespace mutation::record
