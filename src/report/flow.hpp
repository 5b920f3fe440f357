#pragma once

#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// How many runs reached each stage, control runs left out. Each is at most the one before.
[[nodiscard]] std::vector<FlowStep> count_flow(const std::vector<Group>& groups);

/// All losses of the flow: each run that is planned but not analysed is in here once, a flagged one with the stage
/// `unflagged`.
[[nodiscard]] std::vector<Exclusion> list_exclusions(const std::vector<Group>& groups);

} // namespace mutation::report
