#pragma once

#include "match_groups.hpp"
#include "mutation/report/comparison.hpp"

#include <vector>

namespace mutation::report {

/// What is not the same about the machines of two groups: CPU, GPU names, driver, governor; and the cards themselves,
/// since each card's sensor has its own gain error. Runs without a GPU: the host instead of the cards.
/// Empty if no configuration of the pair is compared.
[[nodiscard]] std::vector<MachineDifference> find_machine_differences(const GroupPair& pair);

} // namespace mutation::report
