#pragma once

#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// Every test that the groups' analyses hold, those that could not be made too. Without those of `with_flagged`.
[[nodiscard]] std::vector<TestMade> list_tests(const std::vector<Group>& groups);

} // namespace mutation::report
