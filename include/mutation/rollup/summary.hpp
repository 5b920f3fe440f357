#pragma once

#include "mutation/record/field_table.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mutation::rollup {

/// One line of summary.csv: columns with their cells as text, sorted by column. What is absent has no cell, or an empty
/// one where the record names a hyperparameter or a metric whose value is none.
struct SummaryRow {
    std::vector<std::pair<std::string, std::string>> cells;

    /// The cell of a column, or nothing.
    [[nodiscard]] const std::string* find(std::string_view column) const;
};

/// The columns that are always before those of the hyperparameters and metrics; v3.0's.
[[nodiscard]] std::span<const record::Column> leading_columns();
/// Those that are always after them: v3.0's energy, then ours.
[[nodiscard]] std::span<const record::Column> trailing_columns();

/// The row of one record, ours or v3.0's. `fallback_session` names the session for records that do not. Pure.
[[nodiscard]] SummaryRow row_from_record(const record::ExperimentRecord& record, const std::string& fallback_session);

} // namespace mutation::rollup
