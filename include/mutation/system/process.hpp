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

/// A descriptor that a child gets under another number.
struct PassedFd {
    int ours = -1;
    int theirs = -1;
};

/// A program to start, without a shell. The child has only the descriptors that are named here; its signals are
/// unblocked and at their defaults; its stdin is /dev/null.
struct SpawnRequest {
    std::vector<std::string> argv;                       ///< argv[0] is looked up on PATH if it has no slash
    std::optional<std::vector<std::string>> environment; ///< `NAME=value`; none: ours
    std::filesystem::path directory;                     ///< "" : ours
    int stdout_fd = -1;                                  ///< -1: /dev/null
    int stderr_fd = -1;
    std::vector<PassedFd> fds;
    /// A session and a group of its own. Without a controlling terminal a program that asks on /dev/tty fails at once;
    /// with ours the kernel would stop it for ever.
    bool own_session = true;
    std::optional<mode_t> umask; ///< none: ours
};

/// How a child ended.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    [[nodiscard]] bool is_success() const { return code == 0; }
};

/// A child process. The destructor ends it by `kill_and_reap` if it is still running.
class Child {
public:
    Child() = default;
    explicit Child(pid_t pid);
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    ~Child();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Becomes readable when the child has ended, and without a pidfd also several times a second: call `poll` then.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    [[nodiscard]] bool is_running() const { return pid_ > 0; }
    /// Reaps the child if it has ended; no value while it runs. The status is empty if it was reaped elsewhere.
    std::optional<ExitStatus> poll();
    /// Waits at most that long.
    std::optional<ExitStatus> wait_for(Seconds limit);
    /// Kills the child and waits for its end, at most a second. No value if it did not end; it is abandoned then (see
    /// abandoned.hpp).
    std::optional<ExitStatus> kill_and_reap();
    /// Sends a signal to the child alone, through its pidfd if it has one.
    void send(int signal) const;
    /// Gives the child to the caller, which waits for it by its pid.
    pid_t release();

private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
};

/// A descriptor that becomes readable when the process has ended; closed if the kernel gives none.
[[nodiscard]] UniqueFd open_pidfd(pid_t pid);

/// Turns the calling process into the program, as `spawn` would have started it; for a process that was forked for
/// this. Passes nothing but the standard streams. Error(machine) like `spawn`.
[[noreturn]] void replace_process(const SpawnRequest& request);

/// Starts a process. Error(machine) naming the program and why it did not start.
[[nodiscard]] Child spawn(const SpawnRequest& request);

/// Our own environment, `NAME=value`.
[[nodiscard]] std::vector<std::string> own_environment();

/// Our environment with a locale of plain decimals: for programs whose output we read, never for trainings.
[[nodiscard]] std::vector<std::string> plain_environment();

/// The absolute path of a program on PATH, or nullopt.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

/// The result of a short-lived program.
struct CapturedRun {
    ExitStatus status;
    bool timed_out = false;
    bool was_stopped = false;
    bool was_abandoned = false; ///< it was killed and did not end
    std::string out;
    std::string err;

    /// The end of a message about a run that was ended early; mostly empty.
    [[nodiscard]] const char* hang_note() const { return was_abandoned ? "; it was killed but does not end" : ""; }
};

/// Ends a program early.
struct Stopper {
    int fd = -1; ///< readable when there may be something to do; not read
    /// The next signal for the program's group, when it is due. Empty: the program is killed when `fd` is readable.
    std::function<std::optional<int>()> take_step = nullptr;
};

/// Runs a program to its end, or kills it at the limit. Output beyond 1 MiB per stream is dropped. Error(machine) if it
/// does not start.
[[nodiscard]] CapturedRun run_captured(SpawnRequest request, Seconds limit, const Stopper& stopper = {});

/// From here on only the user can change the files that we create, whatever the umask was.
void limit_umask();

/// The umask before limit_umask, or ours: for trainings and hooks.
[[nodiscard]] mode_t found_umask();

} // namespace mutation::system
