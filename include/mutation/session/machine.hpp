#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/record/environment.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::session {

/// Facts of this machine and program, for records. A fact that cannot be read is null.
[[nodiscard]] record::MachineFacts describe_machine(const std::filesystem::path& sysfs);

/// Commit of a repository's clone, and whether it has changes; nullopt if its folder is no clone. A fact that git does
/// not report within 20 s, or before `stop_fd` is readable, is null too.
[[nodiscard]] std::optional<record::RepositoryFacts> describe_repository(const config::Repository& repository,
                                                                         int stop_fd = -1);

[[nodiscard]] std::string tool_version();

} // namespace mutation::session
