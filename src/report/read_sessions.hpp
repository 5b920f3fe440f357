#pragma once

#include "mutation/record/model_facts.hpp"
#include "mutation/report/report.hpp"
#include "read_run.hpp"

#include <filesystem>
#include <vector>

namespace mutation::report {

/// A session as it was read.
struct ReadSession {
    SessionSource source;
    std::vector<ReadRun> runs;              ///< all of the plan, in its order; of v3.0: all that has a record
    std::vector<record::ModelFacts> models; ///< of session.json; empty in sessions of older programs
};

/// Reads the folders of sessions and changes nothing in them. A session that is given twice, under another path too,
/// counts once. Sessions that only share their name get different ones. Error(usage) if a folder is no session.
[[nodiscard]] std::vector<ReadSession> read_sessions(const std::vector<std::filesystem::path>& directories);

} // namespace mutation::report
