#pragma once

#include "mutation/config/registry.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mutation::rollup {

/// The result of `summarize`.
struct SummarizeResult {
    std::size_t records = 0;          ///< in the summary
    std::size_t rebuilt = 0;          ///< changed, because their logs now give another result
    std::vector<std::string> remarks; ///< folders without a record, metrics that could not be read
    std::vector<std::string> refused; ///< damaged records, and those of another session or experiment: file and field
};

/// Rebuilds the summary of a session, ours or v3.0's. `performance_metrics` of each record are read again from its log
/// (`training.log`, v3.0's `terminal_output.txt`, plain or `.gz`) by the registry's patterns. Records of ours are
/// judged again too: `status`, `training_success`, `error_message` and the attempts follow from logs and exit statuses.
/// Then summary.csv is written. The record before the first change stays as `experiment.json.orig`. If there is no log,
/// or the registry does not know the model, the record stays. Holds the session's lock meanwhile: Error(machine)
/// if another process runs the session. Error(usage) if `session` is no folder, no session or of a newer program;
/// Error(storage), also for a record of a newer program.
[[nodiscard]] SummarizeResult summarize_session(const std::filesystem::path& session, const config::Registry& registry);

} // namespace mutation::rollup
