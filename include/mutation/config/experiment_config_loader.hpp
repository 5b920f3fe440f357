#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/problem.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/core/json.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::config {

/// A config and the problems of its file.
struct LoadedExperimentConfig {
    ExperimentConfig config;
    Problems problems;
    Json document; ///< the file as it was read; null if it could not be, or if there is no file
};

/// Reads an experiment config from memory and checks it against the registry. `base` is the settings'
/// parent, for relative `historical_csvs`. All errors at once. Pure but for reading those.
[[nodiscard]] LoadedExperimentConfig parse_experiment_config(std::string_view text, const std::filesystem::path& file,
                                                             const Registry& registry,
                                                             const std::filesystem::path& base);

/// Reads the file once, then as above.
[[nodiscard]] LoadedExperimentConfig load_experiment_config(const std::filesystem::path& file, const Registry& registry,
                                                            const std::filesystem::path& base);

/// The config that `-r REPO -m MODEL -mt LIST -n N` stands for; problems name the flags instead of a file.
[[nodiscard]] LoadedExperimentConfig config_from_flags(const std::string& repository, const std::string& model,
                                                       const std::vector<std::string>& mutate, int runs,
                                                       const Registry& registry);

/// Puts the settings of the command line over those of the config: `{"cooldown_seconds": 0}`. A timeout goes over that
/// of each experiment, too, and a cooldown of 0 turns off the wait for a temperature. Error(usage) for a wrong value.
void override_settings(const Json& overrides, ExperimentConfig& config);

} // namespace mutation::config
