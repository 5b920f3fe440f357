#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/core/json_cursor.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mutation::config {

/// Why a text is not a table of past runs: the missing columns and the likely cause. nullopt if it is one.
/// A table has the columns `repository`, `model` and `hyperparam_*`; a summary.csv of this program or of v3.0 has no
/// `hyperparam_*` if its session mutated nothing. Pure.
[[nodiscard]] std::optional<std::string> check_past_table(std::string_view csv);

/// Reads `use_deduplication` and `historical_csvs` of a config's head, and every table that the list names: paths and
/// shell patterns as given, else below `base`.
void read_past_tables(const JsonCursor& root, const std::filesystem::path& base, ExperimentConfig& config);

} // namespace mutation::config
