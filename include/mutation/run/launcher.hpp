#pragma once

#include "mutation/core/units.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::run {

/// First argument of the hidden mode.
constexpr std::string_view kLauncherMode = "__launch";

/// Everything that a training process gets, to the byte. Not whom it runs as: a launcher that is root finds that out
/// for itself (system::training_user), since who may call it by sudo could tell it anything.
struct LaunchSpec {
    std::vector<std::string> argv;
    std::vector<std::string> environment; ///< `NAME=value`, all of it
    std::filesystem::path directory;
    std::filesystem::path log; ///< exists already; stdout and stderr are appended to it
    bool as_root = false;      ///< `--as-root` was given
    mode_t umask = 022;
};

/// What the launcher reports, in this order: up, started, then ended or refused; after `ended`, left_behind if
/// processes of the training still run.
struct LaunchMessage {
    enum class Kind : int { up, started, refused, ended, left_behind };
    Kind kind = Kind::up;
    int pid = 0;                ///< up: the launcher's own; left_behind: the number of processes
    int wait_status = 0;        ///< ended: as waitpid gives it; left_behind: 1 if they have ended by themselves
    std::int64_t monotonic = 0; ///< nanoseconds, when it happened
    std::int64_t wall = 0;      ///< nanoseconds since 1970
    std::int64_t cpu_time = 0;  ///< ended: nanoseconds of the training and the children that it waited for
    char text[232] = {};        ///< refused: why; left_behind: the processes
};

/// After the end of a training its launcher ends what is left of it within this time, and ends.
constexpr Seconds kLauncherGrace{8};

/// A training's processes that still ran when it had ended by itself.
struct Leftovers {
    int count = 0;
    std::string names;                ///< "12 (python train.py), 13 (sleep 9)"
    bool ended_by_themselves = false; ///< after they had written to the log; else they were ended
};

/// "the training left 2 processes running when it ended, ..." for a remark. A training that succeeded gets the advice
/// to wait for them.
[[nodiscard]] std::string describe_leftovers(std::string_view who, const Leftovers& leftovers, bool has_succeeded);

/// What to do with a training: to its group (interrupt) or to its whole tree.
enum class StopRequest : char { interrupt = 'I', terminate = 'T', kill = 'K' };

/// The tool's side of a launcher: a process of this same binary that stands between perf and the training. It starts
/// the training as the user, reports its start, end and wait status (perf's own status tells nothing of it), and ends
/// the training's tree when it is told to, or when the tool dies: then the lifeline closes.
class LaunchChannel {
public:
    explicit LaunchChannel(const LaunchSpec& spec);

    /// Starts the launcher with `request`, whose argv and fds are those of a wrapper or empty. It is started as root if
    /// we can be root, since the user may not be allowed to enter the folder of our program; it becomes the user
    /// itself. Error(machine) if no process can be made.
    [[nodiscard]] system::Child start(system::SpawnRequest request) const;

    /// Readable when a message has come, or when the launcher (and whoever inherited its end) is gone.
    [[nodiscard]] int fd() const { return report_read_.get(); }
    /// The next message, or nothing. Sets `is_closed` when there will be no more.
    [[nodiscard]] std::optional<LaunchMessage> take(bool& is_closed);
    /// To be called when the launcher is up: our copies of its ends would hide its death.
    void release_launcher_ends();
    void send(StopRequest request);

private:
    [[nodiscard]] std::vector<std::string> command() const;
    [[nodiscard]] std::vector<system::PassedFd> passed_fds() const;

    system::UniqueFd spec_;
    system::UniqueFd report_read_;
    system::UniqueFd report_write_;
    system::UniqueFd lifeline_read_;
    system::UniqueFd lifeline_write_;
};

/// The hidden mode: `mutation __launch PID SPEC REPORT LIFELINE`. Returns the exit status.
int run_launcher(int argc, char** argv);

} // namespace mutation::run
