#pragma once

#include "mutation/report/analyses.hpp"
#include "mutation/report/report.hpp"

#include <optional>
#include <vector>

namespace mutation::report {

/// Energy against `epochs`, whatever the other inputs are. None without energy or with fewer than three different
/// numbers of epochs.
[[nodiscard]] std::optional<EpochCost> estimate_epoch_cost(const Group& group, const std::vector<const Run*>& runs);

} // namespace mutation::report
