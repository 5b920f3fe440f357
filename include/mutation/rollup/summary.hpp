#pragma once

#include "mutation/core/json.hpp"

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace mutation::rollup {

/// One line of summary.csv: columns with their cells as text, sorted by column. What is absent has no cell.
struct SummaryRow {
    std::vector<std::pair<std::string, std::string>> cells;

    /// The cell of a column, or nothing.
    [[nodiscard]] const std::string* find(std::string_view column) const;
};

/// The row of one `experiment.json`, ours or v3.0's (flat or with `foreground`). `fallback_session` names the session
/// for records that do not. Pure. Throws Error(usage) when `record` has a newer schema_version or is no record.
[[nodiscard]] SummaryRow row_from_record(const Json& record, const std::string& fallback_session);

/// Rows -> RFC 4180 text: v3.0's columns in v3.0's order, ours after them. A column that no row has is left out where
/// it is a hyperparameter or a metric; the others always stand.
void write_csv(std::ostream& out, const std::vector<SummaryRow>& rows);

} // namespace mutation::rollup
