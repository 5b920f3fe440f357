#include "mutation/system/guardian.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/control_group.hpp"
#include "mutation/system/pipe.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/process_tree.hpp"
#include "mutation/system/signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mutation::system {

namespace {

/// After the tool's death the launchers end their trees by themselves; what is left after this time is ended here.
constexpr Seconds kStragglerGrace{3};
/// After an interrupt the user waits, and the tool has asked the trainings already.
constexpr Seconds kInterruptedStragglerGrace{1};
constexpr int kPollMilliseconds = 100;

[[noreturn]] void guard(pid_t tool, SignalFd& signals, const std::function<void()>& put_back) {
    const UniqueFd pidfd = open_pidfd(tool);
    int status = 0;
    bool is_interrupted = false;
    while (::waitpid(tool, &status, WNOHANG) == 0) {
        std::array<pollfd, 2> waited{{{pidfd.get(), POLLIN, 0}, {signals.fd(), POLLIN, 0}}};
        ::poll(waited.data(), waited.size(), pidfd.is_open() ? -1 : kPollMilliseconds);
        while (const auto signal = signals.take()) {
            ask_to_end(tool, *signal);
            is_interrupted = true;
        }
    }
    if (WIFSIGNALED(status)) {
        put_back(); // first: it takes no time, and we could be killed too
    }
    if (::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) {
        end_descendants({}, is_interrupted && WIFEXITED(status) ? kInterruptedStragglerGrace : kStragglerGrace);
    }
    remove_empty_control_groups();
    if (WIFSIGNALED(status)) {
        print_text(stderr, fmt::format("mutation was killed by {}; its training was ended, its measurements are kept\n",
                                       describe_signal(WTERMSIG(status))));
        ::_exit(128 + WTERMSIG(status));
    }
    ::_exit(WEXITSTATUS(status));
}

} // namespace

UniqueFd split_off_guardian(const std::function<void()>& put_back) {
    Pipe pipe = make_pipe();
    SignalFd signals; // before the fork: without it the guardian could pass no signal on
    become_subreaper();
    const pid_t tool = ::fork();
    if (tool < 0) {
        throw Error(ErrorKind::machine, fmt::format("cannot start a process: {}", std::strerror(errno)));
    }
    if (tool > 0) {
        pipe.read.reset();
        guard(tool, signals, put_back);
    }
    // A group of its own, so that Ctrl-C reaches only the guardian, which passes it on once. Writing to the terminal
    // from there must not stop us.
    ::setpgid(0, 0);
    ::signal(SIGTTOU, SIG_IGN);
    become_subreaper(); // not inherited by fork
    pipe.write.reset();
    return std::move(pipe.read);
}

} // namespace mutation::system
