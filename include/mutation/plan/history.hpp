#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::plan {

/// A training that an earlier summary.csv holds.
struct HistoricalRun {
    std::string repository;
    std::string model;
    bool is_parallel = false;
    std::map<std::string, std::string> hyperparameters; ///< as the cells have them; empty cells left out
};

/// Reads summary.csv of this program or v3.0 (RFC 4180; columns `repository`, `model`, `hyperparam_*`; parallel where
/// `mode` says so or the id ends in `_parallel`). Pure; lines that are too short are passed over.
[[nodiscard]] std::vector<HistoricalRun> parse_history(std::string_view csv);

} // namespace mutation::plan
