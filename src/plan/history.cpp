#include "mutation/plan/history.hpp"

#include "mutation/core/csv.hpp"

namespace mutation::plan {

namespace {

constexpr std::string_view kHyperparameterHead = "hyperparam_";

} // namespace

std::vector<HistoricalRun> parse_history(std::string_view csv) {
    const std::vector<std::string> columns = take_csv_header(csv);
    std::vector<HistoricalRun> runs;
    while (!csv.empty()) {
        const std::vector<std::string> cells = take_csv_record(csv);
        if (cells.size() < columns.size()) {
            continue;
        }
        HistoricalRun run;
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
