#include "mutation/record/field_table.hpp"

#include "record_table.hpp"

#include <algorithm>

namespace mutation::record {

const std::vector<FieldInfo>& record_fields() {
    static const std::vector<FieldInfo> fields = record_table().fields("");
    return fields;
}

const std::vector<Column>& summary_columns() {
    static const std::vector<Column> columns = [] {
        std::vector<Column> all = record_table().columns();
        std::sort(all.begin(), all.end(), [](const Column& a, const Column& b) { return a.number < b.number; });
        return all;
    }();
    return columns;
}

} // namespace mutation::record
