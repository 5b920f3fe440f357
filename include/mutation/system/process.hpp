#pragma once

#include "mutation/core/units.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::system {

/// A descriptor that a child gets under a number of its own.
struct PassedFd {
    int ours = -1;
    int theirs = -1;
};

/// What to start. Nothing goes through a shell; every descriptor that is not named here stays closed in the child;
/// signals are unblocked and at their defaults; stdin is /dev/null.
struct SpawnRequest {
    std::vector<std::string> argv;                       ///< argv[0] is looked up on PATH when it has no slash
    std::optional<std::vector<std::string>> environment; ///< `NAME=value`; none: ours
    std::filesystem::path directory;                     ///< "" : ours
    int stdout_fd = -1;                                  ///< -1: /dev/null
    int stderr_fd = -1;
    std::vector<PassedFd> fds;
    /// A session, and so a group, of its own. Without a controlling terminal a program that asks the user on /dev/tty
    /// fails at once; with ours it would be stopped by the kernel, for ever.
    bool own_session = true;
    std::optional<mode_t> umask; ///< none: ours
};

/// How a child ended.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    [[nodiscard]] bool is_success() const { return code == 0; }
};

/// A child process. If it still runs when this goes out of scope, it is ended as by `kill_and_reap`.
class Child {
public:
    Child() = default;
    explicit Child(pid_t pid);
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    ~Child();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Becomes readable when the child has ended, and where the kernel gives no pidfd also several times a second:
    /// call `poll` then.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    [[nodiscard]] bool is_running() const { return pid_ > 0; }
    /// Reaps the child if it has ended; no value while it runs. The status is empty if it was reaped elsewhere.
    std::optional<ExitStatus> poll();
    /// Waits at most that long.
    std::optional<ExitStatus> wait_for(Seconds limit);
    /// Kills the child and waits for its end, at most a second. No value if it did not end; it is abandoned then (see
    /// abandoned.hpp).
    std::optional<ExitStatus> kill_and_reap();
    /// Sends a signal to the child alone, through its pidfd where there is one.
    void send(int signal) const;
    /// Leaves the child to the caller, who waits for it by its pid.
    pid_t release();

private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
};

/// A descriptor that becomes readable when the process has ended; closed where the kernel has none to give.
[[nodiscard]] UniqueFd open_pidfd(pid_t pid);

/// Turns the calling process into the program, as `spawn` would have started it; for a process that was forked for
/// this. Passes nothing but the standard streams. Error(machine) like `spawn`.
[[noreturn]] void replace_process(const SpawnRequest& request);

/// Starts a process. Error(machine) naming the program and why it did not start.
[[nodiscard]] Child spawn(const SpawnRequest& request);

/// Our own environment, `NAME=value`.
[[nodiscard]] std::vector<std::string> own_environment();

/// Ours, with a locale in which programs write plain decimals: for what we read, never for trainings.
[[nodiscard]] std::vector<std::string> plain_environment();

/// The absolute path of a program on PATH, or nothing.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

/// What a short-lived program printed.
struct CapturedRun {
    ExitStatus status;
    bool timed_out = false;
    bool was_stopped = false;
    bool was_abandoned = false; ///< it was killed and did not end
    std::string out;
    std::string err;

    /// What to add to a message about a run that was ended before its time; mostly empty.
    [[nodiscard]] const char* hang_note() const { return was_abandoned ? "; it was killed but does not end" : ""; }
};

/// Who may have a program ended before its time.
struct Stopper {
    int fd = -1; ///< readable when there may be something to do; it is not read
    /// The next signal for the program's group, when it is due. None: what makes `fd` readable has it killed.
    std::function<std::optional<int>()> take_step = nullptr;
};

/// Runs a program to its end, or kills it at the limit. Output beyond 1 MiB a stream is dropped. Error(machine) when it
/// does not start.
[[nodiscard]] CapturedRun run_captured(SpawnRequest request, Seconds limit, const Stopper& stopper = {});

/// From here on nobody but the user can change what we make, whatever the umask that we found.
void limit_umask();

/// The umask that limit_umask found, or ours: for what is the user's own, trainings and hooks.
[[nodiscard]] mode_t found_umask();

} // namespace mutation::system
