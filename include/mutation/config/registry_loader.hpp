#pragma once

#include "mutation/config/problem.hpp"
#include "mutation/config/registry.hpp"

#include <filesystem>
#include <string_view>

namespace mutation::config {

/// A registry and the problems of its files.
struct LoadedRegistry {
    Registry registry;
    Problems problems;
};

/// Reads every `repos/*.json` of the settings folder. Relative paths are relative to its parent. A file with errors is
/// a warning and goes to `Registry::broken`, unless no other file can be used.
[[nodiscard]] LoadedRegistry load_registry_directory(const std::filesystem::path& settings);

/// Reads a registry file of v3.0's form (`{"models": {...}}`). Relative paths are relative to the parent of the file's
/// folder.
[[nodiscard]] LoadedRegistry load_registry_file(const std::filesystem::path& file);

/// Reads one file of either form from memory; what `validate` and the fuzzer use. Pure.
[[nodiscard]] LoadedRegistry parse_registry(std::string_view text, const std::filesystem::path& file,
                                            const std::filesystem::path& base);

} // namespace mutation::config
