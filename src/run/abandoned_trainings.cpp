#include "mutation/run/abandoned_trainings.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/control_group.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <poll.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace mutation::run {

namespace {

constexpr Seconds kAbandonedKillLimit{2};
constexpr int kLookMilliseconds = 50;
/// The kernel limits environments to a few megabytes.
constexpr std::size_t kMostEnvironmentBytes = 16U << 20U;

/// This boot, PID namespace and time namespace, which shifts start times, within which a number and a start time name
/// one process for good. "" if /proc does not show it, or shows another namespace than ours.
std::string own_machine() {
    struct stat pids {};
    struct stat times {}; // Linux before 5.6 has none
    std::error_code status;
    if (std::filesystem::read_symlink("/proc/self", status) != std::to_string(::getpid()) ||
        ::stat("/proc/self/ns/pid", &pids) != 0) {
        return {};
    }
    ::stat("/proc/self/ns/time", &times);
    try {
        return fmt::format("{}:{}-{}", trim(system::read_file("/proc/sys/kernel/random/boot_id")), pids.st_ino,
                           times.st_ino);
    } catch (const Error&) {
        return {};
    }
}

/// "" for a process that has none, or whose environment we may not read.
std::string mark_of(pid_t process) {
    const std::string head = std::string(kOwnerVariable) + "=";
    try {
        const std::string environment =
            system::read_file(fmt::format("/proc/{}/environ", process), kMostEnvironmentBytes);
        for (const std::string_view variable : split(environment, '\0')) {
            if (variable.starts_with(head)) {
                return std::string(variable.substr(head.size()));
            }
        }
    } catch (const Error&) { // another user's, or gone
    }
    return {};
}

/// Marks of our ancestors: a session that was started by a training must not end itself.
std::set<std::string> marks_above() {
    std::set<std::string> marks;
    for (pid_t process = ::getpid(); process > 0; process = system::parent_of(process)) {
        marks.insert(mark_of(process));
    }
    return marks;
}

bool has_lost_owner(const std::string& mark, const std::string& machine) {
    const std::vector<std::string_view> parts = split(mark, ':');
    if (parts.size() != 4 || !mark.starts_with(machine + ":")) {
        return false;
    }
    const std::optional<std::int64_t> owner = parse_integer(parts[2]);
    const std::optional<std::int64_t> start = parse_integer(parts[3]);
    return owner && start && *owner > 0 && *owner <= std::numeric_limits<pid_t>::max() &&
           system::is_gone(static_cast<pid_t>(*owner), std::string(parts[3]));
}

bool is_own_users(const std::filesystem::path& process) {
    struct stat facts {};
    return ::stat(process.c_str(), &facts) == 0 && facts.st_uid == ::geteuid();
}

/// Processes by number, each with its start time.
using Processes = std::map<pid_t, std::string>;

/// Adds the processes that have the mark of a dead owner, and their descendants without the mark.
void add_abandoned(const std::string& machine, const std::set<std::string>& spared, Processes& abandoned) {
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", status)) {
        const auto number = parse_integer(entry.path().filename().string());
        if (!number || !is_own_users(entry.path())) {
            continue;
        }
        const auto process = static_cast<pid_t>(*number);
        const std::string mark = mark_of(process);
        if (mark.empty() || spared.contains(mark) || !has_lost_owner(mark, machine) || abandoned.contains(process)) {
            continue;
        }
        abandoned[process] = system::start_time_of(process);
        for (const pid_t below : system::descendants_of(process)) {
            if (is_own_users(fmt::format("/proc/{}", below))) {
                abandoned[below] = system::start_time_of(below);
            }
        }
    }
}

} // namespace

std::string owner_mark() {
    const std::string machine = own_machine();
    const std::string start = system::start_time_of(::getpid());
    return machine.empty() || start.empty() ? "" : fmt::format("{}:{}:{}", machine, ::getpid(), start);
}

std::size_t end_abandoned_trainings(Seconds grace) noexcept {
    std::set<pid_t> ended;
    try {
        const std::string machine = own_machine();
        const std::set<std::string> spared = marks_above();
        const MonotonicTime begun = system::monotonic_now();
        Processes abandoned; // kept until it has ended: an orphan would not be found again
        Seconds passed{0};
        while (!machine.empty() && passed < grace + kAbandonedKillLimit) {
            add_abandoned(machine, spared, abandoned);
            std::erase_if(abandoned, [](const auto& one) { return system::is_gone(one.first, one.second); });
            if (abandoned.empty()) {
                break;
            }
            for (const auto& [process, start] : abandoned) {
                const bool is_new = ended.insert(process).second;
                if (passed >= grace) {
                    ::kill(process, SIGKILL);
                } else if (is_new) {
                    system::ask_to_end(process, SIGTERM);
                }
            }
            ::poll(nullptr, 0, kLookMilliseconds);
            passed = system::monotonic_now() - begun;
        }
        if (!ended.empty()) {
            system::remove_empty_control_groups();
        }
    } catch (const std::exception&) { // an error here must not keep a session from running
    }
    return ended.size();
}

} // namespace mutation::run
