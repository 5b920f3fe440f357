#pragma once

#include <filesystem>
#include <vector>

namespace mutation::accuracy {

/// Prints, for each directory of a v3.0 run (`experiment.json`, `energy/gpu_power.csv`), v3.0's plain sum beside our
/// figure with its bound. Directories without such files are reported on stderr.
void print_published_runs(const std::vector<std::filesystem::path>& directories);

} // namespace mutation::accuracy
