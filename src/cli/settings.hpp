#pragma once

#include "mutation/cli/options.hpp"
#include "mutation/config/registry_loader.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace mutation::cli {

/// A registry with the folder that it belongs to.
struct Settings {
    std::filesystem::path directory; ///< of the presets; "" if none was found and none is needed
    std::filesystem::path base;
    config::LoadedRegistry loaded;
};

/// Prints warnings, unless `--quiet` was given.
void warn(const std::vector<config::Problem>& problems, const Options& options);
void warn(const std::vector<std::string>& lines, const Options& options);

/// Finds and reads the registry that the options name. Error(usage) if there is none.
[[nodiscard]] Settings load_settings(const Options& options);

/// The same; prints the warnings of its files, and throws Error(usage) with their errors.
[[nodiscard]] Settings load_good_settings(const Options& options);

/// The registry, if there is one. A session says itself what is known of its models, so that a report needs none; only
/// one that the user names must be readable: Error(usage).
[[nodiscard]] std::optional<config::Registry> find_registry(const Options& options);

} // namespace mutation::cli
