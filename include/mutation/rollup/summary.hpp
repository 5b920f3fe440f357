#pragma once

#include "mutation/core/json.hpp"

#include <filesystem>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace mutation::rollup {

/// One line of summary.csv, cells already as text.
struct SummaryRow {
    std::map<std::string, std::string> cells; ///< by column name; what is absent has no cell
};

/// The row of one `experiment.json`, ours or v3.0's (flat or with `foreground`). `fallback_session` names the session for records
/// that do not. Pure. Throws Error(usage) when `record` has a newer schema_version or is not an object.
[[nodiscard]] SummaryRow row_from_record(const Json& record, const std::string& fallback_session);

/// Rows -> RFC 4180 text: v3.0's columns in v3.0's order, ours after them.
void write_csv(std::ostream& out, const std::vector<SummaryRow>& rows);

} // namespace mutation::rollup
