#include "summary_reader.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "summary_cell.hpp"

#include <algorithm>

namespace mutation::rollup {

SummaryReader::SummaryReader(const std::vector<std::string>& header) {
    const auto column_of = [&header](const std::string& name) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    };
    for (const record::FieldInfo& field : record::record_fields()) {
        const std::size_t column = field.column.empty() ? header.size() : column_of(field.column);
        if (column < header.size()) {
            const std::vector<std::string_view> names = split(field.path, '.');
            fields_.push_back({column, field.kind, {names.begin(), names.end()}});
        }
    }
    for (std::size_t column = 0; column < header.size(); ++column) {
        if (header[column].starts_with(kHyperparameterPrefix)) {
            hyperparameters_.emplace_back(column, header[column].substr(kHyperparameterPrefix.size()));
        }
    }
}

std::optional<record::ExperimentRecord> SummaryReader::read(const std::vector<std::string>& cells) const {
    Json document = Json::object();
    for (const Field& field : fields_) {
        Json value = field.column < cells.size() ? from_cell(field.kind, cells[field.column]) : Json(nullptr);
        if (value.is_null()) {
            continue;
        }
        Json* place = &document;
        for (const std::string& name : field.path) {
            place = &(*place)[name];
        }
        *place = std::move(value);
    }
    Json& values = document["hyperparameters"] = Json::object();
    for (const auto& [column, name] : hyperparameters_) {
        values[name] = column < cells.size() ? from_cell(cells[column]) : Json(nullptr);
    }
    try {
        return record::record_from_json(document); // without a schema_version nothing must be there
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace mutation::rollup
