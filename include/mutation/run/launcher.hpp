#pragma once

#include "mutation/core/units.hpp"
#include "mutation/system/pipe.hpp"
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

/// Everything that a training process gets. The user is not in it: a launcher that is root finds that out itself
/// (system::training_user), since a caller of `sudo mutation` could name any user.
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
    char text[232] = {};        ///< refused: the reason; left_behind: the processes
};

/// After the end of a training the launcher ends the processes that are left, and then itself, within this time.
constexpr Seconds kLauncherGrace{8};

/// Processes of a training that still ran after it had ended by itself.
struct Leftovers {
    int count = 0;
    std::string names;                ///< "12 (python train.py), 13 (sleep 9)"
    bool ended_by_themselves = false; ///< after they had written to the log; else they were ended
};

/// A remark: "the training left 2 processes running when it ended, ...". A training that succeeded gets the advice to
/// wait for them.
[[nodiscard]] std::string describe_leftovers(std::string_view who, const Leftovers& leftovers, bool has_succeeded);

/// What to send to a training: INT to its group, TERM or KILL to its whole tree.
enum class StopRequest : char { interrupt = 'I', terminate = 'T', kill = 'K' };

/// The tool's side of a launcher, which is a process of this binary between perf and the training. The launcher starts
/// the training as the user, reports its start, end and wait status (perf's own status says nothing about it), and ends
/// the training's tree on request, or when the lifeline closes because the tool died.
class LaunchChannel {
public:
    explicit LaunchChannel(const LaunchSpec& spec);

    /// Starts the launcher with `request`, whose argv and fds are those of a wrapper or empty. It is started as root if
    /// possible, since the user may not be allowed to enter the folder of this program; it becomes the user by itself.
    /// Error(machine) if no process can be created.
    [[nodiscard]] system::Child start(system::SpawnRequest request) const;

    /// Readable when a message has arrived, or when the launcher has ended.
    [[nodiscard]] int fd() const { return report_.read.get(); }
    /// The next message, or nullopt. Sets `is_closed` when no more can come.
    [[nodiscard]] std::optional<LaunchMessage> take(bool& is_closed) const;
    /// Must be called when the launcher is up: our copies of its ends would hide its death.
    void release_launcher_ends();
    void send(StopRequest request) const;

private:
    system::UniqueFd spec_;
    system::Pipe report_;
    system::Pipe lifeline_; ///< for requests; the launcher sees the tool's death by it
};

/// The hidden mode: `mutation __launch`. Returns the exit status.
int run_launcher();

} // namespace mutation::run
