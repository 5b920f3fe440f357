#include "mutation/plan/history.hpp"

#include "mutation/core/csv.hpp"
#include "mutation/core/text.hpp"

#include <numeric>

namespace mutation::plan {

namespace {

constexpr std::string_view kHyperparameterHead = "hyperparam_";

/// Some tools put a blank after each comma.
std::vector<std::string> trim_all(std::vector<std::string> cells) {
    for (std::string& cell : cells) {
        cell = std::string(trim(cell));
    }
    return cells;
}

} // namespace

std::size_t HistoryUse::counted() const {
    return std::accumulate(counted_by_source.begin(), counted_by_source.end(), std::size_t{0});
}

std::vector<HistoricalRun> parse_history(std::string_view csv, std::size_t source) {
    const std::vector<std::string> columns = trim_all(take_csv_header(csv));
    std::vector<HistoricalRun> runs;
    while (!csv.empty()) {
        const std::vector<std::string> cells = trim_all(take_csv_record(csv));
        if (cells.size() < columns.size()) {
            continue;
        }
        HistoricalRun run;
        run.source = source;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string& column = columns[i];
            if (column == "repository") {
                run.repository = cells[i];
            } else if (column == "model") {
                run.model = cells[i];
            } else if ((column == "mode" && cells[i] == "parallel") ||
                       (column == "experiment_id" && cells[i].ends_with("_parallel"))) {
                run.is_parallel = true;
            } else if (column.starts_with(kHyperparameterHead) && !cells[i].empty()) {
                run.hyperparameters.emplace(column.substr(kHyperparameterHead.size()), cells[i]);
            }
        }
        runs.push_back(std::move(run));
    }
    return runs;
}

} // namespace mutation::plan
