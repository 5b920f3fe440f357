#include "mutation/rollup/summary_table.hpp"

#include "mutation/core/csv.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/plan/plan_json.hpp"
#include "mutation/record/field_table.hpp"
#include "mutation/record/session_layout.hpp"
#include "summary_cell.hpp"

#include <algorithm>
#include <set>

namespace mutation::rollup {

namespace {

std::string cell_of(const record::ExperimentRecord& record, const record::Column& column,
                    const std::string& fallback_session) {
    if (column.number == record::kSessionColumn && record.session.empty()) {
        return fallback_session;
    }
    return record.unrecorded.test(column.number) ? "" : to_cell(column.value(record));
}

bool is_leading(const record::Column& column) {
    return column.number <= record::kLastLeadingColumn;
}

} // namespace

void SummaryTable::add(const record::ExperimentRecord& record, const std::string& fallback_session) {
    Row row;
    row.id = record.id;
    for (const record::Column& column : record::summary_columns()) {
        append_csv_cell(is_leading(column) ? row.leading : row.trailing, cell_of(record, column, fallback_session));
    }
    for (const Assignment& assignment : record.hyperparameters) {
        row.by_column[std::string(kHyperparameterPrefix) + assignment.name] =
            to_cell(plan::value_to_json(assignment.value));
    }
    for (const auto& [name, value] : record.last_attempt().metrics) {
        row.by_column[std::string(kMetricPrefix) + name] = value ? format_shortest(*value) : "";
    }
    row.leading.shrink_to_fit();
    row.trailing.shrink_to_fit();
    rows_.push_back(std::move(row));
}

void SummaryTable::write_csv(const std::function<void(std::string_view)>& sink) const {
    std::set<std::string_view> names; // `hyperparam_` comes before `perf_` in the alphabet as in the table
    std::vector<const Row*> rows;
    for (const Row& row : rows_) {
        rows.push_back(&row);
        for (const auto& [name, cell] : row.by_column) {
            names.insert(name);
        }
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row* a, const Row* b) { return record::comes_before(a->id, b->id); });
    std::string leading;
    std::string middle;
    std::string trailing;
    const auto write_line = [&] {
        std::string line = leading + middle + trailing;
        line.pop_back(); // the last comma
        sink(line.append(kCsvLineEnd));
    };
    for (const record::Column& column : record::summary_columns()) {
        append_csv_cell(is_leading(column) ? leading : trailing, column.name);
    }
    for (const std::string_view name : names) {
        append_csv_cell(middle, name);
    }
    write_line();
    for (const Row* row : rows) {
        leading = row->leading;
        trailing = row->trailing;
        middle.clear();
        for (const std::string_view name : names) {
            const auto found = row->by_column.find(std::string(name));
            append_csv_cell(middle, found == row->by_column.end() ? std::string_view() : found->second);
        }
        write_line();
    }
}

} // namespace mutation::rollup
