#pragma once

#include "mutation/report/report.hpp"
#include "mutation/stats/columns.hpp"

#include <vector>

namespace mutation::report {

/// Whether ln cost changes with the order and the temperature of the starts, all inputs equal: what the model of the
/// inputs leaves over, against the same of order and temperature; p by 1,000 permutations. The order counts the runs
/// of the group that were started, in the order of `group.runs`; control runs too.
/// `inputs`: the columns of the energy model for `runs`; none of them is a combination of others. Empty if no input
/// varies. `is_order_random` is left to the caller.
[[nodiscard]] Drift analyse_drift(const Group& group, const std::vector<const Run*>& runs,
                                  const stats::Columns& inputs);

} // namespace mutation::report
