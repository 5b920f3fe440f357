#pragma once

#include <filesystem>
#include <string>

namespace mutation::config {

/// Finds the settings folder: `flag` (from `--settings`), else `$MUTATION_SETTINGS`, else `./settings`, else
/// `../share/mutation/settings` beside the executable, else the source tree's for a build that is not
/// installed. Error(usage) if a named folder does not exist, or if there is none; it names every place tried.
/// Returns an absolute path.
[[nodiscard]] std::filesystem::path locate_settings(const std::string& flag);

/// The file that `-ec name` stands for: the path itself, else `settings/<name>`, else `settings/<name>.json`.
/// Error(usage) if none exists, with the nearest preset's name.
[[nodiscard]] std::filesystem::path locate_experiment_config(const std::string& name,
                                                             const std::filesystem::path& settings);

} // namespace mutation::config
