#include "mutation/core/error.hpp"
#include "mutation/system/process.hpp"
#include "string_pointers.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::system {

namespace {

/// Numbers from here on are free for copies of what is to be passed on.
constexpr int kFirstSpare = 64;

[[noreturn]] void fail(const SpawnRequest& request) {
    throw Error(ErrorKind::machine, fmt::format("cannot start {}: {}", request.argv.at(0), std::strerror(errno)));
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) {
        ::signal(signal, SIG_DFL); // refused for KILL and STOP, which are at theirs
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// The descriptor that a stream is to have, out of the way of the numbers that are about to be filled.
int prepare(int ours, int flags) {
    return ours < 0 ? ::open("/dev/null", flags | O_CLOEXEC) : ::fcntl(ours, F_DUPFD_CLOEXEC, kFirstSpare);
}

} // namespace

void replace_process(const SpawnRequest& request) {
    const std::optional<std::filesystem::path> program = find_program(request.argv.at(0));
    if (!program) {
        throw Error(ErrorKind::machine, fmt::format("cannot start {}: no such program", request.argv.at(0)));
    }
    const std::vector<char*> argv = to_pointers(request.argv);
    const std::vector<std::string> variables = request.environment.value_or(own_environment());
    const std::vector<char*> environment = to_pointers(variables);
    if ((request.own_session && ::setsid() < 0) ||
        (!request.directory.empty() && ::chdir(request.directory.c_str()) != 0)) {
        fail(request);
    }
    const int input = prepare(-1, O_RDONLY);
    const int output = prepare(request.stdout_fd, O_WRONLY);
    const int errors = prepare(request.stderr_fd, O_WRONLY);
    if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 || ::dup2(errors, STDERR_FILENO) < 0) {
        fail(request);
    }
    reset_signals();
    if (request.umask) {
        ::umask(*request.umask);
    }
    ::execve(program->c_str(), argv.data(), environment.data());
    fail(request);
}

} // namespace mutation::system
