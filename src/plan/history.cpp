#include "mutation/plan/history.hpp"

namespace mutation::plan {

namespace {

constexpr std::string_view kHyperparameterHead = "hyperparam_";

/// Takes the next record off the text; quotes may hold commas, quotes and line ends.
std::vector<std::string> take_record(std::string_view& text) {
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char byte = text[i];
        if (is_quoted) {
            if (byte != '"') {
                cells.back().push_back(byte);
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                cells.back().push_back('"');
                ++i;
            } else {
                is_quoted = false;
            }
        } else if (byte == '"') {
            is_quoted = true;
        } else if (byte == ',') {
            cells.emplace_back();
        } else if (byte == '\n') {
            ++i;
            break;
        } else if (byte != '\r') {
            cells.back().push_back(byte);
        }
    }
    text.remove_prefix(i);
    return cells;
}

} // namespace

std::vector<HistoricalRun> parse_history(std::string_view csv) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; // spreadsheets leave it
    csv.remove_prefix(csv.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    const std::vector<std::string> columns = take_record(csv);
    std::vector<HistoricalRun> runs;
    while (!csv.empty()) {
        const std::vector<std::string> cells = take_record(csv);
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
