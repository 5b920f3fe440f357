#include "mutation/system/process_tree.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/abandoned.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mutation::system {

namespace {

constexpr int kReapMilliseconds = 10;
/// Fields of /proc/PID/stat, as read_stat_field counts them.
constexpr std::size_t kState = 0;
constexpr std::size_t kParent = 1;
constexpr std::size_t kStartTime = 19;

/// A short file of /proc; empty if the process has ended.
std::string read_proc(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return {};
    }
    std::array<char, 1024> buffer{};
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    ::close(fd);
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::filesystem::path proc_folder(pid_t process) {
    return "/proc/" + std::to_string(process);
}

/// A field of /proc/PID/stat, counted from the state (0), which follows the name; the name may hold blanks and
/// brackets. Empty if the process has ended.
std::string read_stat_field(const std::filesystem::path& folder, std::size_t index) {
    const std::string whole = read_proc(folder / "stat");
    const std::string_view text = whole;
    const std::size_t name_end = text.rfind(") ");
    if (name_end == std::string_view::npos) {
        return {};
    }
    const std::vector<std::string_view> fields = split(text.substr(name_end + 2), ' ');
    return index < fields.size() ? std::string(fields[index]) : std::string();
}

pid_t read_parent(const std::filesystem::path& folder) {
    return static_cast<pid_t>(parse_integer(read_stat_field(folder, kParent)).value_or(-1));
}

void reap(const std::vector<pid_t>& candidates) {
    for (const pid_t pid : candidates) {
        ::waitpid(pid, nullptr, WNOHANG); // fails for processes that are not our children
    }
}

/// Descendants of ours that are neither spared, nor below a spared one, nor abandoned.
std::vector<pid_t> unspared_descendants(const std::set<pid_t>& spared) {
    std::set<pid_t> kept = abandoned_processes();
    kept.insert(spared.begin(), spared.end());
    for (const pid_t pid : spared) {
        for (const pid_t below : descendants_of(pid)) {
            kept.insert(below);
        }
    }
    std::vector<pid_t> rest;
    for (const pid_t pid : descendants_of(::getpid())) {
        if (!kept.contains(pid)) {
            rest.push_back(pid);
        }
    }
    return rest;
}

/// Signals the rest again and again, since new processes may start, until nothing is left or the time is over.
bool drive_out(const std::set<pid_t>& spared, int signal, Seconds limit) {
    const auto deadline = monotonic_now() + std::chrono::duration_cast<std::chrono::nanoseconds>(limit);
    std::set<pid_t> signalled;
    while (true) {
        std::vector<pid_t> rest = unspared_descendants(spared);
        if (rest.empty()) {
            return true;
        }
        for (const pid_t pid : rest) {
            if (signal == SIGKILL || signalled.insert(pid).second) {
                ask_to_end(pid, signal);
            }
        }
        reap(rest);
        if (monotonic_now() >= deadline) {
            return unspared_descendants(spared).empty();
        }
        ::poll(nullptr, 0, kReapMilliseconds);
    }
}

/// Whether we have a child, ended or not.
bool has_child() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

} // namespace

std::vector<pid_t> descendants_of(pid_t root) {
    // Without a child there is nothing below us. To read all of /proc takes more than most of a short run's other work.
    if (root == ::getpid() && !has_child()) {
        return {};
    }
    std::multimap<pid_t, pid_t> children;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", status)) {
        const auto pid = parse_integer(entry.path().filename().string());
        if (pid) {
            children.emplace(read_parent(entry.path()), static_cast<pid_t>(*pid));
        }
    }
    std::vector<pid_t> found;
    std::vector<pid_t> open{root};
    while (!open.empty()) {
        const pid_t parent = open.back();
        open.pop_back();
        const auto [first, last] = children.equal_range(parent);
        for (auto child = first; child != last; ++child) {
            found.push_back(child->second);
            open.push_back(child->second);
        }
    }
    return found;
}

std::optional<bool> is_below(pid_t process, pid_t root) {
    constexpr int kMostGenerations = 1000; // the chain may change while it is read
    if (process <= 0) {
        return std::nullopt;
    }
    for (int i = 0; i < kMostGenerations; ++i) {
        if (process == root) {
            return true;
        }
        if (process == 0) { // the parent of the first process
            return false;
        }
        process = read_parent(proc_folder(process));
        if (process < 0) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

std::string name_of(pid_t process) {
    return std::string(trim(read_proc(proc_folder(process) / "comm")));
}

std::string command_of(pid_t process) {
    std::string command = read_proc(proc_folder(process) / "cmdline");
    for (char& letter : command) {
        letter = static_cast<unsigned char>(letter) < ' ' || letter == 0x7F ? ' ' : letter;
    }
    const std::string_view text = trim(command);
    return text.empty() || !is_valid_utf8(text) ? name_of(process) : std::string(text);
}

std::string start_time_of(pid_t process) {
    const std::filesystem::path folder = proc_folder(process);
    // A zombie has ended.
    return read_stat_field(folder, kState) == "Z" ? std::string() : read_stat_field(folder, kStartTime);
}

bool is_gone(pid_t process, const std::string& start_time) {
    if (::kill(process, 0) != 0 && errno == ESRCH) {
        return true;
    }
    const std::filesystem::path folder = proc_folder(process);
    const std::string state = read_stat_field(folder, kState);
    const std::string start = read_stat_field(folder, kStartTime);
    return state == "Z" || state == "X" || (!start.empty() && start != start_time);
}

bool does_exist(pid_t process) {
    return may_signal(process) || (process > 0 && errno == EPERM);
}

bool may_signal(pid_t process) {
    return process > 0 && ::kill(process, 0) == 0;
}

bool has_machine_pids() {
    constexpr ino_t kInitialNamespace = 0xEFFFFFFC; // PROC_PID_INIT_INO of the kernel
    struct stat facts {};
    return ::stat("/proc/self/ns/pid", &facts) == 0 && facts.st_ino == kInitialNamespace;
}

pid_t parent_of(pid_t process) {
    return read_parent(proc_folder(process));
}

void ask_to_end(pid_t process, int signal) {
    ::kill(process, signal);
    ::kill(process, SIGCONT);
}

bool end_descendants(const std::set<pid_t>& spared, Seconds grace) {
    constexpr Seconds kKillLimit{2};
    if (drive_out(spared, SIGTERM, grace) || drive_out(spared, SIGKILL, kKillLimit)) {
        return true;
    }
    for (const pid_t process : unspared_descendants(spared)) {
        abandon(process);
    }
    return false;
}

std::vector<pid_t> living_descendants() {
    std::vector<pid_t> found = descendants_of(::getpid());
    found.erase(
        std::remove_if(found.begin(), found.end(), [](pid_t process) { return start_time_of(process).empty(); }),
        found.end());
    return found;
}

bool has_descendants(const std::set<pid_t>& spared) {
    reap(unspared_descendants(spared));
    return !unspared_descendants(spared).empty();
}

} // namespace mutation::system
