#include "mutation/system/control_group.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace mutation::system {

namespace {

constexpr std::string_view kPrefix = "mutation-";
constexpr mode_t kFolderMode = 0755;

std::optional<std::filesystem::path> own_folder() {
    try {
        return control_group_folder(read_file("/proc/self/mountinfo"), read_file("/proc/self/cgroup"));
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace

std::optional<std::filesystem::path> control_group_folder(const std::string& mountinfo, const std::string& membership) {
    std::optional<std::filesystem::path> own;
    for (const std::string_view line : split(membership, '\n')) {
        if (line.starts_with("0::/")) {
            own = line.substr(std::string_view("0::/").size());
        }
    }
    for (const std::string_view line : split(mountinfo, '\n')) {
        // ID PARENT DEVICE ROOT PLACE OPTIONS ... - TYPE SOURCE OPTIONS
        const std::vector<std::string_view> words = split(line, ' ');
        const auto dash = std::find(words.begin(), words.end(), "-");
        constexpr std::ptrdiff_t kWordsBefore = 6;
        const bool is_unified =
            words.end() - dash > 1 && dash - words.begin() >= kWordsBefore && *(dash + 1) == "cgroup2";
        if (own && is_unified && words[3] == "/") {
            return std::filesystem::path(words[4]) / *own;
        }
    }
    return std::nullopt;
}

std::optional<ControlGroup> ControlGroup::create(const std::string& name) {
    const std::optional<std::filesystem::path> parent = own_folder();
    if (!parent) {
        return std::nullopt;
    }
    const std::filesystem::path folder = *parent / (std::string(kPrefix) + name);
    if (::mkdir(folder.c_str(), kFolderMode) != 0) {
        return std::nullopt;
    }
    UniqueFd group(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    UniqueFd kill(::open((folder / "cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC)); // since Linux 5.14
    if (!group.is_open() || !kill.is_open()) {
        ::rmdir(folder.c_str());
        return std::nullopt;
    }
    return ControlGroup(std::move(group), std::move(kill));
}

pid_t ControlGroup::fork_inside() const {
    clone_args arguments{};
    arguments.flags = CLONE_INTO_CGROUP;
    arguments.exit_signal = SIGCHLD;
    arguments.cgroup = static_cast<__u64>(folder_.get());
    return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

void ControlGroup::kill_all() const {
    // If this fails (older kernel, group removed), the caller ends the tree process by process.
    [[maybe_unused]] const ssize_t written = ::pwrite(kill_.get(), "1", 1, 0);
}

void remove_empty_control_groups() noexcept {
    try {
        const std::optional<std::filesystem::path> parent = own_folder();
        if (!parent) {
            return;
        }
        std::error_code status;
        for (const auto& entry : std::filesystem::directory_iterator(*parent, status)) {
            if (entry.path().filename().string().starts_with(kPrefix)) {
                ::rmdir(entry.path().c_str()); // refused if it has processes
            }
        }
    } catch (const std::exception&) { // an empty group does no harm
    }
}

} // namespace mutation::system
