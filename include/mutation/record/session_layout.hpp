#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

namespace mutation::record {

/// The names in the folder of an experiment, and in that of one of its earlier attempts.
class ExperimentLayout {
public:
    explicit ExperimentLayout(std::filesystem::path directory) : directory_(std::move(directory)) {}

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::filesystem::path record() const { return directory_ / "experiment.json"; }
    /// The record as it was before `summarize` changed it for the first time.
    [[nodiscard]] std::filesystem::path original_record() const { return directory_ / "experiment.json.orig"; }
    [[nodiscard]] std::filesystem::path log() const { return directory_ / "training.log"; }
    /// Where a log may be: ours or v3.0's, plain or compressed by the user.
    [[nodiscard]] std::array<std::filesystem::path, 4> possible_logs() const;
    /// The raw output of the sensors.
    [[nodiscard]] std::filesystem::path energy() const { return directory_ / "energy"; }
    [[nodiscard]] std::filesystem::path background_logs() const { return directory_ / "background_logs"; }
    [[nodiscard]] std::filesystem::path attempt(int number) const { return directory_ / attempt_name(number); }
    /// The record of an attempt waits here while its files are moved ...
    [[nodiscard]] std::filesystem::path waiting_record(int number) const;
    /// ... to here. If one of them exists, the move was cut off.
    [[nodiscard]] std::filesystem::path unfinished_attempt(int number) const;

    /// `attempt_2`.
    [[nodiscard]] static std::string attempt_name(int number);
    [[nodiscard]] static bool is_attempt_name(std::string_view name);
    /// Whether the name belongs to an earlier attempt: its folder, or a part of a move that was cut off.
    [[nodiscard]] static bool is_of_earlier_attempts(std::string_view name);

private:
    std::filesystem::path directory_;
};

/// The names in the folder of a session.
class SessionLayout {
public:
    explicit SessionLayout(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// Begins the name of every session; the time follows, so that the names sort by it.
    static constexpr std::string_view kPrefix = "run_";
    // The sockets by which `mutation stop` reaches a running session.
    static constexpr const char* kStopSocket = ".stop";
    static constexpr const char* kStopAfterRunSocket = ".stop_after_run";

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::filesystem::path session() const { return directory_ / "session.json"; }
    [[nodiscard]] std::filesystem::path log() const { return directory_ / "session.log"; }
    [[nodiscard]] std::filesystem::path summary() const { return directory_ / "summary.csv"; }
    /// The raw output of the sensors on the idle machine.
    [[nodiscard]] std::filesystem::path baseline() const { return directory_ / kBaseline; }
    /// What `mutation report` makes of the session.
    [[nodiscard]] std::filesystem::path report() const { return directory_ / kReport; }
    /// Of backgrounds that several experiments share.
    [[nodiscard]] std::filesystem::path background_logs() const { return directory_ / kBackgroundLogs; }
    [[nodiscard]] ExperimentLayout experiment(const std::string& id) const { return ExperimentLayout(directory_ / id); }

    /// Whether a folder of this name in a session is an experiment's, not one of ours for something else.
    [[nodiscard]] static bool is_experiment_name(std::string_view name);

private:
    static constexpr std::string_view kBaseline = "baseline";
    static constexpr std::string_view kReport = "report";
    static constexpr std::string_view kBackgroundLogs = "background_logs";

    std::filesystem::path directory_;
};

/// The order of a session's experiments by their ids (`<repo>_<model>_<NNN>[_parallel]`): by number, 2 before 10 and
/// 999 before 1000, then by name. An id without a number comes first.
[[nodiscard]] bool comes_before(std::string_view a, std::string_view b);

/// The message for a folder that is not a session. It names another folder if this one contains sessions or is an
/// experiment of one; else it gives `reason`.
[[nodiscard]] std::string explain_no_session(const std::filesystem::path& folder, std::string_view reason);

} // namespace mutation::record
