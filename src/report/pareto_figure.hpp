#pragma once

#include "mutation/report/report.hpp"

#include <string>

namespace mutation::report {

/// Cost against the first metric that has points; the front is a line. "" if no run has both.
[[nodiscard]] std::string pareto_svg(const Group& group);

} // namespace mutation::report
