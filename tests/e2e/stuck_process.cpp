#include "stuck_process.hpp"

#include <signal.h>
#include <string>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace mutation::e2e {

// A traced process stops before it exits (PTRACE_EVENT_EXIT). There it ignores all signals, also KILL, and its
// parent cannot reap it.
StuckProcess::StuckProcess(pid_t process)
    : process_(process), is_held_(::ptrace(PTRACE_SEIZE, process, nullptr, PTRACE_O_TRACEEXIT) == 0) {}

StuckProcess::~StuckProcess() {
    if (!is_held_)
        return;
    if (!is_stuck())
        ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, __WALL); // its stop
    ::ptrace(PTRACE_DETACH, process_, nullptr, nullptr);
    ::waitpid(process_, nullptr, __WALL | WNOHANG);
}

bool StuckProcess::is_stuck() const {
    const std::string stat = read_text("/proc/" + std::to_string(process_) + "/stat");
    const auto name_end = stat.rfind(") ");
    return is_held_ && name_end != std::string::npos && stat[name_end + 2] == 't';
}

} // namespace mutation::e2e
