#pragma once

#include "mutation/report/comparison.hpp"

#include <filesystem>

namespace mutation::report {

/// Writes comparison.json and tables/*.csv (overall, configurations, unmatched, left_out) into `directory`, which is
/// created if it does not exist. Error(storage).
void write_comparison(const std::filesystem::path& directory, const Comparison& comparison);

} // namespace mutation::report
