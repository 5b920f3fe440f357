#pragma once

#include "mutation/core/json.hpp"
#include "mutation/report/comparison.hpp"

namespace mutation::report {

inline constexpr int kComparisonSchemaVersion = 1;

/// The comparison as in comparison.json (docs/comparison.schema.json). Absent numbers are null. Texts are as they were
/// read: bytes that are not UTF-8 have to be replaced when the value is written (`Json::error_handler_t::replace`).
[[nodiscard]] Json comparison_to_json(const Comparison& comparison);

} // namespace mutation::report
