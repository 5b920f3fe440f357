#include "mutation/system/process.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/abandoned.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/pipe.hpp"
#include "mutation/system/process_tree.hpp"
#include "string_pointers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace mutation::system {

namespace {

/// Copies get numbers from here on, so that dup2 calls do not overwrite each other's source.
constexpr int kFirstCopy = 64;
/// How often a stopper is asked whose steps are timed.
constexpr Seconds kStopperLook{0.1};
/// How long a killed child may take to end. Most take milliseconds.
constexpr Seconds kReapLimit{1};
/// How often a child is looked at if the kernel gives no pidfd.
constexpr long kLookNanoseconds = 50'000'000;

/// posix_spawn's two objects, destroyed together.
class SpawnSetup {
public:
    explicit SpawnSetup(const SpawnRequest& request) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        set_signals(request.own_session);
        if (!request.directory.empty()) {
            ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory.c_str());
        }
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        set_output(request.stdout_fd, STDOUT_FILENO);
        set_output(request.stderr_fd, STDERR_FILENO);
        for (const PassedFd& passed : request.fds) {
            set_descriptor(passed.ours, passed.theirs);
        }
    }
    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;
    ~SpawnSetup() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
    /// errno if a descriptor could not be copied; else 0.
    [[nodiscard]] int error() const { return error_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    void set_signals(bool own_session) {
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        // An inherited ignored SIGINT would stop Python's KeyboardInterrupt.
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        if (own_session) {
            flags |= POSIX_SPAWN_SETSID;
        }
        ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
    }

    void set_output(int ours, int theirs) {
        if (ours < 0) {
            ::posix_spawn_file_actions_addopen(&actions_, theirs, "/dev/null", O_WRONLY, 0);
        } else {
            set_descriptor(ours, theirs);
        }
    }

    void set_descriptor(int ours, int theirs) {
        copies_.emplace_back(::fcntl(ours, F_DUPFD_CLOEXEC, kFirstCopy));
        if (!copies_.back().is_open()) {
            error_ = errno == EINVAL ? EMFILE : errno; // EINVAL: the limit is below the first copy
            return;
        }
        ::posix_spawn_file_actions_adddup2(&actions_, copies_.back().get(), theirs);
    }

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
    std::vector<UniqueFd> copies_;
    int error_ = 0;
};

/// Our umask for this scope, since a program inherits it at its start.
class UmaskScope {
public:
    explicit UmaskScope(std::optional<mode_t> mask) : ours_(mask ? std::optional(::umask(*mask)) : std::nullopt) {}
    UmaskScope(const UmaskScope&) = delete;
    UmaskScope& operator=(const UmaskScope&) = delete;
    ~UmaskScope() {
        if (ours_) {
            ::umask(*ours_);
        }
    }

private:
    std::optional<mode_t> ours_;
};

ExitStatus to_exit_status(const siginfo_t& info) {
    ExitStatus status;
    if (info.si_code == CLD_EXITED) {
        status.code = info.si_status;
    } else {
        status.signal = info.si_status;
    }
    return status;
}

/// A descriptor that becomes readable several times a second.
UniqueFd make_ticker() {
    UniqueFd ticker(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    const itimerspec often{{0, kLookNanoseconds}, {0, kLookNanoseconds}};
    ::timerfd_settime(ticker.get(), 0, &often, nullptr);
    return ticker;
}

int to_poll_timeout(Seconds left) {
    return left.count() <= 0 ? 0 : static_cast<int>(left.count() * 1000) + 1;
}

/// Collects a stream up to a limit; what comes after it is read and dropped.
class Collector {
public:
    explicit Collector(std::string& text) : text_(text), pipe_(make_pipe()) { set_nonblocking(pipe_.read); }

    [[nodiscard]] int write_end() const { return pipe_.write.get(); }
    [[nodiscard]] int read_end() const { return pipe_.read.get(); }
    void close_write_end() { pipe_.write.reset(); }

    void drain() {
        constexpr std::size_t kMostBytes = 1U << 20U;
        std::array<char, 16384> block{};
        ssize_t count = 0;
        while ((count = ::read(pipe_.read.get(), block.data(), block.size())) > 0) {
            const std::size_t room = kMostBytes - std::min(kMostBytes, text_.size());
            text_.append(block.data(), std::min(room, static_cast<std::size_t>(count)));
        }
        if (count == 0) {
            pipe_.read.reset();
        }
    }

private:
    std::string& text_;
    Pipe pipe_;
};

} // namespace

Child::Child(pid_t pid) : pid_(pid), pidfd_(open_pidfd(pid)) {
    if (!pidfd_.is_open()) { // Linux before 5.3, or a container that forbids it
        pidfd_ = make_ticker();
    }
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

Child& Child::operator=(Child&& other) noexcept {
    if (this != &other) {
        std::swap(pid_, other.pid_);
        std::swap(pidfd_, other.pidfd_);
    }
    return *this;
}

Child::~Child() {
    kill_and_reap();
}

std::optional<ExitStatus> Child::poll() {
    std::uint64_t ticks = 0;
    [[maybe_unused]] const ssize_t size = ::read(pidfd_.get(), &ticks, sizeof ticks); // refused by a pidfd
    siginfo_t info{};
    if (pid_ <= 0) {
        return std::nullopt;
    }
    const bool is_answered = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) == 0;
    const bool was_reaped_elsewhere = !is_answered && errno == ECHILD; // its status is lost, but it has ended
    if (!was_reaped_elsewhere && (!is_answered || info.si_pid == 0)) {
        return std::nullopt;
    }
    pid_ = -1;
    pidfd_.reset();
    return was_reaped_elsewhere ? ExitStatus{} : to_exit_status(info);
}

std::optional<ExitStatus> Child::wait_for(Seconds limit) {
    const MonotonicTime deadline = monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(limit);
    while (true) {
        if (auto status = poll()) {
            return status;
        }
        const Seconds left = deadline - monotonic_now();
        if (pid_ <= 0 || left.count() <= 0) {
            return std::nullopt;
        }
        pollfd waited{pidfd_.get(), POLLIN, 0};
        ::poll(&waited, 1, to_poll_timeout(left));
    }
}

std::optional<ExitStatus> Child::kill_and_reap() {
    if (pid_ <= 0) {
        return std::nullopt;
    }
    send(SIGKILL);
    const std::optional<ExitStatus> status = wait_for(kReapLimit);
    if (!status) {
        abandon(release());
    }
    return status;
}

void Child::send(int signal) const {
    if (pid_ > 0 && ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) != 0 && errno != ESRCH) {
        ::kill(pid_, signal); // the kernel has no such call, or a container forbids it
    }
}

pid_t Child::release() {
    pidfd_.reset();
    return std::exchange(pid_, -1);
}

// glibc 2.36's <sys/pidfd.h> has no extern "C", hence the system call itself.
UniqueFd open_pidfd(pid_t pid) {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

Child spawn(const SpawnRequest& request) {
    const std::string& name = request.argv.at(0);
    const std::optional<std::filesystem::path> program = find_program(name);
    if (!program) {
        throw Error(ErrorKind::machine, fmt::format("cannot start {}: no such program", name));
    }
    const SpawnSetup setup(request);
    const std::vector<char*> argv = to_pointers(request.argv);
    const std::vector<char*> environment =
        request.environment ? to_pointers(*request.environment) : std::vector<char*>{};
    const UmaskScope umask(request.umask);
    pid_t pid = -1;
    const int status = setup.error() != 0
                           ? setup.error()
                           : ::posix_spawn(&pid, program->c_str(), setup.actions(), setup.attributes(), argv.data(),
                                           request.environment ? environment.data() : environ);
    if (status != 0) {
        throw Error(ErrorKind::machine, fmt::format("cannot start {}: {}", program->string(), std::strerror(status)));
    }
    return Child(pid);
}

CapturedRun run_captured(SpawnRequest request, Seconds limit, const Stopper& stopper) {
    CapturedRun run;
    Collector out(run.out);
    Collector err(run.err);
    request.stdout_fd = out.write_end();
    request.stderr_fd = err.write_end();
    Child child = spawn(request);
    out.close_write_end();
    err.close_write_end();
    MonotonicTime deadline = monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(limit);
    while (true) {
        std::array<pollfd, 4> waited{{{child.pidfd(), POLLIN, 0},
                                      {out.read_end(), POLLIN, 0},
                                      {err.read_end(), POLLIN, 0},
                                      {stopper.fd, POLLIN, 0}}};
        const Seconds left = deadline - monotonic_now();
        ::poll(waited.data(), waited.size(), to_poll_timeout(stopper.take_step ? std::min(left, kStopperLook) : left));
        // The end was seen before the pipes are drained, so that the last output is not lost.
        const std::optional<ExitStatus> status = child.poll();
        out.drain();
        err.drain();
        if (status) {
            run.status = *status;
            return run;
        }
        if (const std::optional<int> step = stopper.take_step ? stopper.take_step() : std::nullopt) {
            ask_to_end(-child.pid(), *step);
            if (*step == SIGKILL) {
                deadline = std::min(deadline, monotonic_now() + std::chrono::nanoseconds(std::chrono::seconds(1)));
            }
        }
        run.was_stopped = !stopper.take_step && waited[3].revents != 0;
        run.timed_out = !run.was_stopped && monotonic_now() >= deadline;
        if (run.was_stopped || run.timed_out) {
            ::kill(-child.pid(), SIGKILL);
            const std::optional<ExitStatus> end = child.kill_and_reap();
            run.status = end.value_or(ExitStatus{});
            run.was_abandoned = !end;
            return run;
        }
    }
}

} // namespace mutation::system
