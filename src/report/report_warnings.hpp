#pragma once

#include "mutation/report/report.hpp"

#include <string_view>
#include <vector>

namespace mutation::report {

/// How the warning about missing energy begins.
inline constexpr std::string_view kNoEnergyText = "No energy was measured";

/// What the reader has to know before believing the report, with the remedies; the most important first. Uses all
/// members of the report but `warnings`, `tests` and `methods`.
[[nodiscard]] std::vector<Warning> report_warnings(const Report& report);

} // namespace mutation::report
