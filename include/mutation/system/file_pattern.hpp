#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::system {

/// Whether the text has characters that make it a shell's pattern: `*`, `?`, `[`.
[[nodiscard]] bool is_file_pattern(const std::string& text);

/// The files that a shell's pattern matches, sorted; folders are left out.
[[nodiscard]] std::vector<std::filesystem::path> find_matching_files(const std::string& pattern);

} // namespace mutation::system
