#pragma once

#include "mutation/report/report.hpp"

#include <string>

namespace mutation::report {

/// A paragraph for the methods section of a paper: only what was done for this report, with its numbers.
[[nodiscard]] std::string describe_methods(const Report& report);

/// `1 not run, 2 failed`: what was lost on the way from the plan to the analyses; "" if nothing was.
[[nodiscard]] std::string describe_losses(const std::vector<FlowStep>& flow);

} // namespace mutation::report
