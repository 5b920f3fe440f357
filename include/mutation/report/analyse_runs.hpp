#pragma once

#include "mutation/report/analyses.hpp"
#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// All analyses of some runs of a group. They have to be what `Stage::analysed` says: with a duration and, if the
/// group has energy, with an energy, both above 0.
[[nodiscard]] Analyses analyse_runs(const Group& group, const std::vector<const Run*>& runs);

} // namespace mutation::report
