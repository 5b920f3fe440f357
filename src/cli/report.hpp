#pragma once

#include "mutation/config/registry.hpp"

#include <filesystem>
#include <string>

namespace mutation::cli {

/// Writes the report of a session that has just ended into its folder. Returns what to print: the beginning of the
/// digest, and where the page is. Error(storage) if the report cannot be written.
[[nodiscard]] std::string report_ended_session(const std::filesystem::path& session, const config::Registry& registry);

} // namespace mutation::cli
