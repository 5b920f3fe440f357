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
#include <poll.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace mutation::run {

namespace {

constexpr Seconds kAbandonedKillLimit{2};
constexpr int kLookMilliseconds = 50;
/// The kernel takes no longer environments than some megabytes.
constexpr std::size_t kMostEnvironmentBytes = 16U << 20U;

/// This boot and PID namespace, within which a number and a start time name one process for good. "" where /proc does
/// not tell, or tells of another namespace than ours.
std::string own_machine() {
    struct stat facts {};
    std::error_code status;
    if (std::filesystem::read_symlink("/proc/self", status) != std::to_string(::getpid()) ||
        ::stat("/proc/self/ns/pid", &facts) != 0) {
        return {};
    }
    try {
        return fmt::format("{}:{}", trim(system::read_file("/proc/sys/kernel/random/boot_id")), facts.st_ino);
    } catch (const Error&) {
        return {};
    }
}

/// "" for a process that bears none, or that we may not look into.
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

/// Marks of what we run under: a session that was started from within a training must not end itself.
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

std::vector<pid_t> find_abandoned(const std::string& machine, const std::set<std::string>& spared) {
    std::vector<pid_t> found;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", status)) {
        const auto number = parse_integer(entry.path().filename().string());
        if (!number || !is_own_users(entry.path())) {
            continue;
        }
        const std::string mark = mark_of(static_cast<pid_t>(*number));
        if (!mark.empty() && !spared.contains(mark) && has_lost_owner(mark, machine)) {
            found.push_back(static_cast<pid_t>(*number));
        }
    }
    return found;
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
        Seconds passed{0};
        while (!machine.empty() && passed < grace + kAbandonedKillLimit) {
            const std::vector<pid_t> found = find_abandoned(machine, spared);
            if (found.empty()) {
                break;
            }
            for (const pid_t process : found) {
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
    } catch (const std::exception&) { // what cannot be looked for must not keep a session from running
    }
    return ended.size();
}

} // namespace mutation::run
