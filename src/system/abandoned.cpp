#include "mutation/system/abandoned.hpp"

#include "mutation/system/process_tree.hpp"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <map>
#include <sys/wait.h>
#include <utility>

namespace mutation::system {

namespace {

struct AbandonedList {
    std::map<pid_t, std::string> start_times; ///< by process
    std::vector<std::string> unreported;
};

AbandonedList& abandoned_list() {
    static AbandonedList list;
    return list;
}

bool has_ended(pid_t process, const std::string& start_time) {
    if (::waitpid(process, nullptr, WNOHANG) == process || (::kill(process, 0) != 0 && errno == ESRCH)) {
        return true;
    }
    const std::string now = start_time_of(process);
    return !now.empty() && now != start_time; // another process has its number
}

} // namespace

void abandon(pid_t process) {
    AbandonedList& list = abandoned_list();
    const std::string name = name_of(process);
    if (list.start_times.emplace(process, start_time_of(process)).second) {
        list.unreported.push_back(
            fmt::format("{} (process {}) was killed but does not end", name.empty() ? "a program" : name, process));
    }
}

std::set<pid_t> abandoned_processes() {
    std::map<pid_t, std::string>& known = abandoned_list().start_times;
    std::erase_if(known, [](const auto& one) { return has_ended(one.first, one.second); });
    std::set<pid_t> processes;
    for (const auto& [process, start_time] : known) {
        processes.insert(process);
    }
    return processes;
}

std::vector<std::string> take_abandoned() {
    return std::exchange(abandoned_list().unreported, {});
}

} // namespace mutation::system
