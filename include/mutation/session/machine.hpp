#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/json.hpp"

#include <filesystem>
#include <string>

namespace mutation::session {

/// Facts of this machine and program, for records: CPU model and count, kernel, host, governor, tool version. What
/// cannot be read is null.
[[nodiscard]] Json describe_machine(const std::filesystem::path& sysfs);

/// Commit of a repository's clone and whether it has changes; null if its folder is no clone. What git does not answer
/// within 20 s, or before `stop_fd` is readable, is null too.
[[nodiscard]] Json describe_repository(const config::Repository& repository, int stop_fd = -1);

[[nodiscard]] std::string tool_version();

} // namespace mutation::session
