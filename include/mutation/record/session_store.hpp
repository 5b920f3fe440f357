#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::record {

/// One session's folder: `results/run_YYYYMMDD_HHMMSS/`. Everything in it is written whole or not at all; failures are
/// Error(storage) with the path and the system's reason.
class SessionStore {
public:
    /// Makes a new one below `results`, which is made too. A second session in one second gets the suffix `_2`.
    [[nodiscard]] static SessionStore create(const std::filesystem::path& results, WallTime now);
    /// One that is there. Error(usage) when it is none.
    [[nodiscard]] static SessionStore open(const std::filesystem::path& directory);

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::string name() const { return directory_.filename().string(); }
    [[nodiscard]] std::filesystem::path summary() const { return directory_ / "summary.csv"; }

    void write_session(const Json& session) const;
    /// Error(usage) when session.json is missing, broken or of a newer program.
    [[nodiscard]] Json read_session() const;

    /// Makes an experiment's folder with its `energy`; one that is there (an interrupted run's) is fine.
    [[nodiscard]] std::filesystem::path create_experiment(const std::string& id) const;
    /// Moves what an attempt left into `attempt_<number>/` and makes `energy` anew. Returns the folder's name.
    [[nodiscard]] std::string archive_attempt(const std::string& id, int number) const;
    void write_record(const std::string& id, const Json& record) const;

private:
    explicit SessionStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    std::filesystem::path directory_;
};

} // namespace mutation::record
