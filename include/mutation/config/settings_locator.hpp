#pragma once

#include <filesystem>
#include <string>

namespace mutation::config {

/// Finds the settings folder: `flag` (from `--settings`), else `$MUTATION_SETTINGS`, else `./settings`, else
/// `../share/mutation/settings` beside the executable, else the source tree's for a build that is not
/// installed. A named folder that is not there is Error(usage); so is finding none, naming every place looked at.
/// Returns an absolute path.
[[nodiscard]] std::filesystem::path locate_settings(const std::string& flag);

/// The file that `-ec name` stands for: the path itself, else `settings/<name>`, else `settings/<name>.json`.
/// Error(usage) when none is there, with the nearest preset's name.
[[nodiscard]] std::filesystem::path locate_experiment_config(const std::string& name,
                                                             const std::filesystem::path& settings);

} // namespace mutation::config
