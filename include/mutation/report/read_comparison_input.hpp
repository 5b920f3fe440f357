#pragma once

#include "mutation/report/comparison.hpp"

#include <filesystem>
#include <vector>

namespace mutation::config {
struct Registry;
}

namespace mutation::report {

/// Reads the sessions of one side and flags their runs. Changes nothing in their folders. `registry`: what session.json
/// does not say is asked there; nullptr: nowhere. Error(usage) if a folder is no session.
[[nodiscard]] ComparisonInput read_comparison_input(const std::vector<std::filesystem::path>& sessions,
                                                    const config::Registry* registry);

} // namespace mutation::report
