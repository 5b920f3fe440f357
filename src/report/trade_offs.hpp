#pragma once

#include "mutation/report/analyses.hpp"
#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// The hyperparameters that change both the cost (energy, or duration if no energy was measured) and a metric for
/// certain: both effects of one column are significant after Holm. One for each metric and hyperparameter, of the
/// column whose weaker effect is the strongest.
[[nodiscard]] std::vector<TradeOff> find_trade_offs(const Group& group, const std::vector<Effect>& effects);

} // namespace mutation::report
