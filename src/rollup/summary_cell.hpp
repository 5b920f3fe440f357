#pragma once

#include "mutation/core/json.hpp"
#include "mutation/record/field_table.hpp"

#include <string>
#include <string_view>

namespace mutation::rollup {

/// The names of the columns of hyperparameters and metrics begin with these.
inline constexpr std::string_view kHyperparameterPrefix = "hyperparam_";
inline constexpr std::string_view kMetricPrefix = "perf_";

/// A value as a cell of summary.csv; empty for null.
[[nodiscard]] std::string to_cell(const Json& value);
/// The reverse; null for an empty cell and for one that is not of this kind.
[[nodiscard]] Json from_cell(record::FieldKind kind, std::string_view cell);
/// The same for a column whose kind is not known: a number if it is one, else a text.
[[nodiscard]] Json from_cell(std::string_view cell);

} // namespace mutation::rollup
