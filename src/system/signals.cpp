#include "mutation/system/signals.hpp"

#include "mutation/core/error.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mutation::system {

namespace {

constexpr unsigned kCloseRangeCloexec = 4; // CLOSE_RANGE_CLOEXEC, missing in older headers

bool is_ignored(int signal) {
    struct sigaction action {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Signals that the caller ignores stay ignored: `nohup mutation` must survive the terminal.
sigset_t handled_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        if (!is_ignored(signal)) {
            ::sigaddset(&set, signal);
        }
    }
    return set;
}

} // namespace

void block_signals() {
    const sigset_t set = handled_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN); // a closed stdout must not end a session
    ::signal(SIGXFSZ, SIG_IGN); // beyond the limit for file sizes, a write fails with an error
    ::signal(SIGCHLD, SIG_DFL); // if the caller ignores it, the kernel reaps our children and drops their status
}

void unblock_signals() {
    const sigset_t set = handled_signals();
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

SignalFd::SignalFd(UniqueFd guardian) : guardian_(std::move(guardian)) {
    const sigset_t set = handled_signals();
    signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
    if (!signals_.is_open() || !epoll_.is_open()) {
        throw Error(ErrorKind::machine, fmt::format("cannot receive signals: {}", std::strerror(errno)));
    }
    watch(signals_.get());
    if (guardian_.is_open()) {
        watch(guardian_.get());
    }
}

void SignalFd::watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

bool SignalFd::is_guardian_gone() const {
    pollfd waited{guardian_.get(), POLLIN, 0};
    return guardian_.is_open() && ::poll(&waited, 1, 0) == 1;
}

std::optional<int> SignalFd::take() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) == sizeof info) {
        return static_cast<int>(info.ssi_signo);
    }
    if (stop_ && stop_->take()) {
        return SIGINT;
    }
    if (is_guardian_gone()) {
        guardian_.reset();
        owed_ = 2;
    }
    if (owed_ > 0) {
        --owed_;
        return SIGTERM;
    }
    return std::nullopt;
}

bool SignalFd::accept_requests(const std::filesystem::path& directory, const char* stop, const char* stop_after_run) {
    stop_.emplace(directory, stop);
    stop_after_run_.emplace(directory, stop_after_run);
    if (!stop_->is_open() || !stop_after_run_->is_open()) {
        return false;
    }
    watch(stop_->fd());
    return true;
}

bool SignalFd::take_request_after_run() {
    return stop_after_run_ && stop_after_run_->take();
}

std::string describe_signal(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name != nullptr ? fmt::format("signal {} (SIG{})", signal, name) : fmt::format("signal {}", signal);
}

void seal_inherited_descriptors() {
    if (::syscall(SYS_close_range, 3U, ~0U, kCloseRangeCloexec) == 0) {
        return;
    }
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", status)) {
        const int fd = std::atoi(entry.path().filename().c_str());
        if (fd > STDERR_FILENO) {
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
    }
}

void live_and_die_with_parent() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

bool become_subreaper() {
    return ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

} // namespace mutation::system
