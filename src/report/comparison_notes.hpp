#pragma once

#include "compare_rows.hpp"
#include "match_groups.hpp"
#include "mutation/report/comparison.hpp"

#include <string>
#include <vector>

namespace mutation::report {

/// What the reader of a comparison has to know: records that could not be read, energy that is missing or not of all
/// parts, gain errors, runs that are on both sides.
[[nodiscard]] std::vector<std::string> make_comparison_notes(const ComparisonInput& a, const ComparisonInput& b,
                                                             const std::vector<GroupPair>& pairs,
                                                             const std::vector<ScaledRow>& rows);

} // namespace mutation::report
