#pragma once

#include "mutation/report/run.hpp"

#include <optional>
#include <span>
#include <vector>

namespace mutation::report {

/// The stage that the run did not reach; none: it was analysed. A flag counts as `unflagged`.
[[nodiscard]] std::optional<Stage> lost_at(const Run& run);

/// How many of the runs reached each stage, all stages in order. Control runs are left out.
[[nodiscard]] std::vector<FlowStep> count_stages(std::span<const Run> runs);

/// The runs of the main tables, in the order of `runs`.
[[nodiscard]] std::vector<const Run*> analysed_runs(std::span<const Run> runs);

/// The same with the flagged runs.
[[nodiscard]] std::vector<const Run*> runs_with_flagged(std::span<const Run> runs);

} // namespace mutation::report
