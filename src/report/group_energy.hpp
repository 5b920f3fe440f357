#pragma once

#include "mutation/report/report.hpp"
#include "read_run.hpp"

#include <string>
#include <vector>

namespace mutation::report {

/// Decides how far each run of a group comes on the way to the analyses, without flags: sets `Run::exclusion` and the
/// figures that depend on the group's energy parts, and in `group` the parts and why there are none.
/// `has_metrics`: whether the model is known to print metrics.
enum class MetricsOfModel { declared, none, unknown };
void exclude_runs(Group& group, std::vector<ReadRun>& runs, MetricsOfModel metrics);

/// Flags the runs during which a GPU was throttled for a reason that at most half of the runs have: if most have it,
/// it belongs to the machine.
void flag_throttled(std::vector<ReadRun>& runs);

} // namespace mutation::report
