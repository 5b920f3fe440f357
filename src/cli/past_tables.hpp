#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/problem.hpp"
#include "mutation/plan/history.hpp"

#include <string>
#include <vector>

namespace mutation::cli {

/// The runs of the tables that a config names by `historical_csvs`.
[[nodiscard]] std::vector<plan::HistoricalRun> read_past_runs(const config::ExperimentConfig& config);

/// Warnings about entries of `historical_csvs` in the config `file` that exclude nothing from the plan.
[[nodiscard]] std::vector<config::Problem>
unused_past_tables(const std::string& file, const config::ExperimentConfig& config, const plan::HistoryUse& use);

} // namespace mutation::cli
