#pragma once

#include "mutation/cli/options.hpp"
#include "mutation/config/registry.hpp"

#include <filesystem>
#include <string>

namespace mutation::cli {

/// Writes the report of the sessions and prints its digest, or report.json's text for `--json`. Returns the exit
/// status. Error(usage) if a folder is no session, Error(storage) if the report cannot be written.
[[nodiscard]] int report(const Options& options);

/// Writes the report of a session that has just ended into its folder. Returns what to print: the beginning of the
/// digest, and where the page is. Errors as `report`.
[[nodiscard]] std::string report_ended_session(const std::filesystem::path& session, const config::Registry& registry);

} // namespace mutation::cli
