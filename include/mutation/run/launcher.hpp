#pragma once

#include "mutation/core/units.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>
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

/// The hidden mode: `mutation __launch`. Returns the exit status.
int run_launcher();

} // namespace mutation::run
