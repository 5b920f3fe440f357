#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::session {

/// Why the system could not start a training script, with the remedy; nullopt if it could. Checks its rights and its
/// first line. `directory` is where the training runs, `search_path` the PATH that it gets.
[[nodiscard]] std::optional<std::string> find_script_error(const std::filesystem::path& script,
                                                           const std::filesystem::path& directory,
                                                           const std::string& search_path);

} // namespace mutation::session
