#include "mutation/session/other_sessions.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/system/process_tree.hpp"

#include <filesystem>
#include <string>
#include <unistd.h>

namespace mutation::session {

namespace {

/// A session has two processes of this program, guardian and tool. The launchers below the tool have the same name.
bool is_guardian_of(pid_t parent, pid_t tool, const std::string& program) {
    return parent > 0 && system::name_of(tool) == program && system::name_of(parent) == program &&
           system::name_of(system::parent_of(parent)) != program;
}

} // namespace

std::vector<pid_t> other_sessions() {
    const std::string program = system::name_of(::getpid());
    std::vector<pid_t> found;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", status)) {
        const auto tool = static_cast<pid_t>(parse_integer(entry.path().filename().string()).value_or(0));
        const pid_t guardian = tool > 0 ? system::parent_of(tool) : -1;
        // Neither ourselves, nor a session whose training has started this one.
        if (is_guardian_of(guardian, tool, program) && system::is_below(::getpid(), tool) != true) {
            found.push_back(guardian);
        }
    }
    return found;
}

} // namespace mutation::session
