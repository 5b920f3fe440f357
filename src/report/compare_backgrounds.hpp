#pragma once

#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// Sets `background_effect` of each group with a background that has a group without one for the same model and
/// machine: the ratio of the costs with over without. The inputs are held equal (least squares on the inputs of both
/// groups and the background); if no input varies or there are too few runs, it is that of the geometric means (Welch).
/// Input x background where each group has the runs for it. Holm over ratio and interactions.
void compare_backgrounds(std::vector<Group>& groups);

} // namespace mutation::report
