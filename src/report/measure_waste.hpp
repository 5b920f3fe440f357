#pragma once

#include "mutation/report/report.hpp"

#include <optional>
#include <vector>

namespace mutation::report {

/// What gave no result. Energies are none if no group has energy; `dominated` also if there is no front. A run is
/// dominated if it was analysed and its configuration is on the front of no metric. `resting` is the time of a session
/// in which none of its trainings ran: cooldowns, baselines and preparation. Gaps of more than an hour are pauses of
/// the session, and gaps before a run that had failed attempts are not known: neither counts.
[[nodiscard]] Waste measure_waste(const std::vector<Group>& groups);

/// Carbon and cost of all energy that was measured, by the user's factors; none without a carbon intensity and without
/// a price. The PUE counts for both; without one it is 1.
[[nodiscard]] std::optional<Carbon> estimate_carbon(const std::vector<Group>& groups, const Factors& factors);

} // namespace mutation::report
