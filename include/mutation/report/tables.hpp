#pragma once

#include "mutation/report/report.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::report {

/// A table of the report as CSV (RFC 4180). Columns have the names of report.json, and the same numbers; intervals are
/// two columns, `ci95_low` and `ci95_high`. What report.json has as null is empty.
struct Table {
    std::string name; ///< of the file, without `.csv`
    std::string csv;
};

/// The names of all tables that there can be.
inline constexpr std::array<std::string_view, 22> kTableNames{
    "flow",       "excluded",   "flagged",      "inputs",
    "runs",       "effects",    "fits",         "splits",
    "importance", "trade_offs", "interactions", "checks",
    "pareto",     "fronts",     "replicates",   "detectable_ratios",
    "drift",      "epoch_cost", "background",   "background_interactions",
    "tests",      "warnings"};

/// All tables that have rows: flow, excluded, runs, effects, fits, checks, importance, pareto, replicates and so on.
/// Tables of groups begin with the group's name; those of analyses say whether the flagged runs are in.
[[nodiscard]] std::vector<Table> make_tables(const Report& report);

} // namespace mutation::report
