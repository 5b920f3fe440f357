#include "mutation/rollup/summary.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/plan/plan_json.hpp"

#include <algorithm>

namespace mutation::rollup {

namespace {

constexpr std::string_view kHyperparameterHead = "hyperparam_";
constexpr std::string_view kMetricHead = "perf_";

std::string to_cell(const Json& value) {
    if (value.is_null()) {
        return {};
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? "True" : "False"; // as v3.0's Python wrote it
    }
    if (value.is_number_float()) {
        return format_shortest(value.get<double>());
    }
    if (value.is_array()) {
        std::string cell;
        for (const Json& item : value) {
            cell += (cell.empty() ? "" : "; ") + to_cell(item);
        }
        return cell;
    }
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

const std::string* SummaryRow::find(std::string_view column) const {
    const auto found = std::lower_bound(cells.begin(), cells.end(), column,
                                        [](const auto& cell, std::string_view name) { return cell.first < name; });
    return found == cells.end() || found->first != column ? nullptr : &found->second;
}

std::span<const record::Column> leading_columns() {
    return std::span(record::summary_columns()).first(record::kLastLeadingColumn);
}

std::span<const record::Column> trailing_columns() {
    return std::span(record::summary_columns()).subspan(record::kLastLeadingColumn);
}

SummaryRow row_from_record(const record::ExperimentRecord& record, const std::string& fallback_session) {
    SummaryRow row;
    for (const record::Column& column : record::summary_columns()) {
        std::string cell = record.unrecorded.test(column.number) ? "" : to_cell(column.value(record));
        if (!cell.empty()) {
            row.cells.emplace_back(column.name, std::move(cell));
        }
    }
    // A hyperparameter or a metric keeps its column even if its value is none.
    for (const Assignment& assignment : record.hyperparameters) {
        row.cells.emplace_back(std::string(kHyperparameterHead) + assignment.name,
                               to_cell(plan::value_to_json(assignment.value)));
    }
    for (const auto& [name, value] : record.last_attempt().metrics) {
        row.cells.emplace_back(std::string(kMetricHead) + name, value ? format_shortest(*value) : "");
    }
    if (record.session.empty()) {
        row.cells.emplace_back("session", fallback_session);
    }
    std::sort(row.cells.begin(), row.cells.end());
    row.cells.shrink_to_fit();
    return row;
}

} // namespace mutation::rollup
