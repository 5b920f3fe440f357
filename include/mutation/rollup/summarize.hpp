#pragma once

#include "mutation/config/registry.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::rollup {

/// What `summarize` did.
struct SummarizeResult {
    std::size_t records = 0;          ///< that are in the summary
    std::size_t rebuilt = 0;          ///< whose metrics were read from their logs and changed
    std::vector<std::string> remarks; ///< folders without a record, metrics that could not be read
    std::vector<std::string> refused; ///< records that are damaged or another session's or experiment's: file and field
};

/// Rebuilds a session, ours or v3.0's: `performance_metrics` of each record from the log that lies there
/// (`training.log`, v3.0's `terminal_output.txt`, plain or `.gz`) by the registry's patterns, then summary.csv. Nothing
/// else in a record changes; the record before the first change stays as `experiment.json.orig`. Where no log lies, or
/// the registry does not know the model, recorded metrics stay. Holds the session's lock meanwhile: Error(machine) if
/// another process runs the session. Error(usage) if `session` is no folder, no session or of a newer program;
/// Error(storage), also for a record of a newer program.
[[nodiscard]] SummarizeResult summarize_session(const std::filesystem::path& session, const config::Registry& registry);

} // namespace mutation::rollup
