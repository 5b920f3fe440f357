#pragma once

#include "mutation/report/report.hpp"

#include <filesystem>
#include <vector>

namespace mutation::config {
struct Registry;
}

namespace mutation::report {

/// Whether the analyses are also made with the flagged runs.
enum class FlaggedRuns { both_ways, left_out };

struct ReportRequest {
    std::vector<std::filesystem::path> sessions;
    /// What session.json does not say about models is asked there; nullptr: nowhere.
    const config::Registry* registry = nullptr;
    Factors factors;
    FlaggedRuns flagged = FlaggedRuns::both_ways;
};

/// Reads the sessions and makes all analyses. Changes nothing in their folders. The same folders give the same report,
/// but for `created`. Error(usage) if a folder is no session or cannot be read.
[[nodiscard]] Report analyse(const ReportRequest& request);

} // namespace mutation::report
