#pragma once

#include "json_reader.hpp"
#include "mutation/config/experiment_config.hpp"

#include <filesystem>

namespace mutation::config {

/// Reads what a config says for its session as a whole: everything at the top level but mode, runs and experiments.
/// `base` is the folder for relative CSV paths that are not below the working directory.
void read_head(JsonReader& reader, const Place& root, const std::filesystem::path& base, ExperimentConfig& config);

} // namespace mutation::config
