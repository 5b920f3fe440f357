#pragma once

#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace mutation::system {

/// A cgroup (version 2) for one tree of processes, below the calling process's own: the kernel then ends the tree at
/// one stroke, however fast it forks. `kill_all` works on after the process has given up root.
class ControlGroup {
public:
    /// Nothing where there is no cgroup v2, or where we may not make a group, which is usual without root.
    [[nodiscard]] static std::optional<ControlGroup> create(const std::string& name);

    /// fork() whose child is born in the group; moving a process there later costs tens of milliseconds. Needs the
    /// rights that `create` needed. -1 with errno where it fails.
    [[nodiscard]] pid_t fork_inside() const;
    /// Kills every process in the group.
    void kill_all() const;

private:
    ControlGroup(UniqueFd folder, UniqueFd kill) : folder_(std::move(folder)), kill_(std::move(kill)) {}

    UniqueFd folder_;
    UniqueFd kill_;
};

/// Removes the groups of this program that are empty; a group outlives its processes, and its maker may no longer be
/// allowed to remove it.
void remove_empty_control_groups() noexcept;

/// Where the calling process's own cgroup v2 lies in the file system, from the texts of /proc/self/mountinfo and
/// /proc/self/cgroup; nothing where there is none.
[[nodiscard]] std::optional<std::filesystem::path> control_group_folder(const std::string& mountinfo,
                                                                        const std::string& membership);

} // namespace mutation::system
