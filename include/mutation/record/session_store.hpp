#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::record {

/// Where the logs of background trainings lie, in an experiment's folder or, of a background that several share, in the
/// session's.
constexpr const char* kBackgroundLogFolder = "background_logs";

/// One session's folder: `results/run_YYYYMMDD_HHMMSS/`. Everything in it is written whole or not at all; failures are
/// Error(storage) with the path and the system's reason.
class SessionStore {
public:
    /// Makes a new one below `results`, which is made too. A second session in one second gets the suffix `_2`.
    [[nodiscard]] static SessionStore create(const std::filesystem::path& results, WallTime now);
    /// One that is there. Error(usage) when it is none.
    [[nodiscard]] static SessionStore open(const std::filesystem::path& directory);

    /// Keeps every other run of the program off this session for our lifetime. Error(machine) when one has it already.
    void lock();

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::string name() const { return directory_.filename().string(); }
    [[nodiscard]] std::filesystem::path summary() const { return directory_ / "summary.csv"; }

    void write_session(const Json& session) const;
    /// Error(usage) when session.json is missing, broken or of a newer program.
    [[nodiscard]] Json read_session() const;

    /// Makes an experiment's folder with its `energy`; one that is there (an interrupted run's) is fine.
    [[nodiscard]] std::filesystem::path create_experiment(const std::string& id) const;
    /// Moves what an attempt left into `attempt_<number>/`, the logs of a background aside, and makes `energy` anew.
    /// Returns the folder's name.
    [[nodiscard]] std::string archive_attempt(const std::string& id, int number) const;
    void write_record(const std::string& id, const Json& record) const;
    /// The record of an experiment, nothing where there is none. Error(usage) for a broken one.
    [[nodiscard]] std::optional<Json> read_record(const std::string& id) const;
    /// Clears the way for another run of an experiment: what lies in its folder becomes `attempt_<n>/`, the record's
    /// last attempt included. Returns the attempts that were made so far, as the new record is to hold them; empty
    /// where the folder is not there.
    [[nodiscard]] std::vector<Json> archive_for_resume(const std::string& id) const;

private:
    explicit SessionStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    std::filesystem::path directory_;
    system::UniqueFd lock_;
};

} // namespace mutation::record
