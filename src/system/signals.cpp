#include "mutation/system/signals.hpp"

#include "mutation/core/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mutation::system {

namespace {

constexpr unsigned kCloseRangeCloexec = 4; // CLOSE_RANGE_CLOEXEC, missing in older headers

sigset_t handled_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGHUP);
    return set;
}

} // namespace

void block_signals() {
    const sigset_t set = handled_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN); // a reader of our stdout that goes away must not end a session
    // An inherited ignored signal would never reach the descriptor.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        ::signal(signal, SIG_DFL);
    }
}

SignalFd::SignalFd() {
    const sigset_t set = handled_signals();
    fd_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_.is_open()) {
        throw Error(ErrorKind::machine, fmt::format("cannot receive signals: {}", std::strerror(errno)));
    }
}

std::optional<int> SignalFd::take() {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) {
        return std::nullopt;
    }
    return static_cast<int>(info.ssi_signo);
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

bool become_subreaper() { return ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0; }

} // namespace mutation::system
