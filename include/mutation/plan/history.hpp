#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::plan {

/// A training of an earlier summary.csv.
struct HistoricalRun {
    std::string repository;
    std::string model;
    bool is_parallel = false;
    std::map<std::string, std::string> hyperparameters; ///< as the cells have them; empty cells left out
    std::size_t source = 0;                             ///< which of the sources that the caller gave
};

/// The effect of past runs on a plan.
struct HistoryUse {
    std::vector<std::size_t> counted_by_source; ///< runs that have the values of a possible mutation of the plan
    std::size_t runs = 0;                       ///< all that were given
    std::size_t excluded = 0;                   ///< distinct sets of values that are therefore not drawn

    [[nodiscard]] std::size_t counted() const;

    bool operator==(const HistoryUse&) const = default;
};

/// Reads summary.csv of this program or v3.0 (RFC 4180; columns `repository`, `model`, `hyperparam_*`; parallel if
/// `mode` says so or the id ends in `_parallel`). Pure; lines that are too short are skipped.
[[nodiscard]] std::vector<HistoricalRun> parse_history(std::string_view csv, std::size_t source = 0);

} // namespace mutation::plan
