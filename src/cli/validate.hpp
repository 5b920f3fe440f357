#pragma once

#include "mutation/cli/options.hpp"

namespace mutation::cli {

/// `validate FILE...`: all errors, warnings and remarks of each file. Returns the exit status; Error(usage) with the
/// errors. It checks files, not the machine: a repository that is not on this machine is fine.
[[nodiscard]] int validate(const Options& options);

} // namespace mutation::cli
