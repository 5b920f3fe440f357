#pragma once

#include "mutation/cli/options.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::cli {

/// Plans a session from flags or a config, and runs it, or prints the plan for `--dry-run`. Returns the exit status.
[[nodiscard]] int run_trainings(const Options& options, const std::vector<std::string>& arguments,
                                const std::optional<system::User>& user, system::SignalFd& signals);

/// Continues a session that was interrupted. Returns the exit status; Error(usage) if program or registry have changed
/// since, unless `--force` was given.
[[nodiscard]] int resume(Options options, const std::vector<std::string>& arguments,
                         const std::optional<system::User>& user, system::SignalFd& signals);

/// How the user called the program, for commands to paste: its name, after `sudo` if that was used.
[[nodiscard]] std::vector<std::string> called_as(const std::string& program);

} // namespace mutation::cli
