#pragma once

#include "mutation/core/json.hpp"
#include "mutation/report/report.hpp"

#include <optional>
#include <string>

namespace mutation::report {

inline constexpr int kReportSchemaVersion = 1;

/// The report as in report.json (docs/report.schema.json). Absent numbers are null. Texts are as they were read: bytes
/// that are not UTF-8 have to be replaced when the value is written (`Json::error_handler_t::replace`).
[[nodiscard]] Json report_to_json(const Report& report);

/// The background of a group; null if it has none.
[[nodiscard]] Json background_to_json(const std::optional<BackgroundKey>& background);

/// The text of report.json: bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string report_text(const Json& report);

} // namespace mutation::report
