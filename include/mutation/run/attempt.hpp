#pragma once

#include "mutation/core/units.hpp"
#include "mutation/run/launcher.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/signals.hpp"

#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <vector>

namespace mutation::run {

/// How an attempt ended.
enum class Ending {
    exited,      ///< by itself, with `exit_code`
    signalled,   ///< killed by a signal that we did not send
    timed_out,   ///< we ended it: time limit
    stalled,     ///< we ended it: its log did not grow
    interrupted, ///< we ended it: the user or the system asked us to stop
    abandoned,   ///< we ended it: its figures would be wrong, for example because the background was lost
    not_started, ///< no training process was started; `message` says why
};

/// The life of a training process, from its fork to its end, on both clocks.
struct Lifetime {
    MonotonicTime start;
    MonotonicTime end;
    WallTime wall_start;
    WallTime wall_end;
};

/// The result of one fork of the training script. A training that failed is an outcome, not an error.
struct AttemptOutcome {
    Ending ending = Ending::not_started;
    std::optional<int> exit_code;
    std::optional<int> signal;
    std::optional<Lifetime> lifetime; ///< none: never started
    Seconds cpu_time{0};              ///< of the training and the children that it waited for
    std::string message;              ///< "" for an exit with status 0

    std::optional<Leftovers> leftovers;

    MonotonicTime wrapper_spawned{}; ///< perf began to count between these two
    MonotonicTime launcher_up{};
    bool wrapper_refused = false;             ///< the wrapper (perf) ended without starting the launcher
    std::optional<std::string> wrapper_crash; ///< if the wrapper ended before the training: how and when
    std::string wrapper_messages;             ///< what the wrapper printed, cut
};

/// One fork of a training.
struct AttemptRequest {
    LaunchSpec launch;
    std::vector<std::string> wrapper;          ///< perf and its options, up to `--`; empty: none
    std::vector<system::PassedFd> wrapper_fds; ///< perf's log
    Seconds wrapper_start_limit{30};           ///< a wrapper that has not started the launcher by then has refused
    std::optional<Seconds> timeout;
    std::optional<Seconds> stall;
};

/// What works in the tool's loop while a training runs: sensors, the status line, a background training.
class LoopClient {
public:
    virtual ~LoopClient() = default;
    /// Adds the descriptors that it waits for.
    virtual void add_poll_fds(std::vector<pollfd>& fds) = 0;
    /// After every poll, at least once a second. `elapsed` is none before the training has started.
    virtual void on_poll(std::optional<Seconds> elapsed) = 0;
    /// At once, when the launcher reports it. `so_far` has its lifetime.
    virtual void on_started(const AttemptOutcome& so_far) { static_cast<void>(so_far); }
    virtual void on_ended() {}
    /// Called once when the training is asked to end early.
    virtual void on_stopping(Ending why) { static_cast<void>(why); }
    /// The reason to end the training early; nullopt: none.
    [[nodiscard]] virtual std::optional<std::string> stop_reason() const { return std::nullopt; }
    /// Its processes, which outlive the training.
    [[nodiscard]] virtual std::set<pid_t> companions() const = 0;
};

/// Requests to stop, by signals and `mutation stop`; kept over attempts.
struct Interruption {
    std::optional<int> signal; ///< the first one
    int count = 0;
    bool is_in_run = false;   ///< an experiment has begun and is not recorded yet
    bool is_last_run = false; ///< `mutation stop --after-run`: counts as INT when no experiment is running

    [[nodiscard]] bool is_requested() const { return count > 0; }
};

/// Takes the signals that have arrived.
void take_signals(system::SignalFd& signals, Interruption& interruption);

/// Runs one training to its end. When this returns, no process of the training is left.
[[nodiscard]] AttemptOutcome run_attempt(const AttemptRequest& request, system::SignalFd& signals,
                                         Interruption& interruption, LoopClient& client);

} // namespace mutation::run
