#pragma once

#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace mutation::system {

/// A cgroup (version 2) for one tree of processes, below the calling process's own. The kernel can end the whole tree
/// at once, however fast it forks. `kill_all` still works after the process has given up root.
class ControlGroup {
public:
    /// nullopt if there is no cgroup v2, or if we may not create a group, which is usual without root.
    [[nodiscard]] static std::optional<ControlGroup> create(const std::string& name);

    /// fork() with the child in the group; moving a process there later takes tens of milliseconds. Needs the rights
    /// that `create` needed. -1 with errno if it fails.
    [[nodiscard]] pid_t fork_inside() const;
    /// Kills every process in the group.
    void kill_all() const;

private:
    ControlGroup(UniqueFd folder, UniqueFd kill) : folder_(std::move(folder)), kill_(std::move(kill)) {}

    UniqueFd folder_;
    UniqueFd kill_;
};

/// Removes the empty groups of this program. A group outlives its processes, and its creator may no longer be allowed
/// to remove it.
void remove_empty_control_groups() noexcept;

/// The folder of the calling process's own cgroup v2, from the texts of /proc/self/mountinfo and /proc/self/cgroup;
/// nullopt if there is none.
[[nodiscard]] std::optional<std::filesystem::path> control_group_folder(const std::string& mountinfo,
                                                                        const std::string& membership);

} // namespace mutation::system
