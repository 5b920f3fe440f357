#pragma once

#include "mutation/core/json.hpp"
#include "mutation/record/experiment_record.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::record {

/// The type of a field of the record.
enum class FieldKind {
    text,
    boolean,
    whole,
    number,
    object,  ///< its members have fields of their own
    list,    ///< of objects, whose members have fields of their own
    texts,   ///< a list
    numbers, ///< a list
    metrics, ///< an object of numbers or nulls
    values,  ///< an object of numbers, texts, booleans and nulls
    value,   ///< a number, a text or a boolean
};

/// One field of experiment.json. Tests compare the schema, docs/RESULTS.md and summary.csv with these.
struct FieldInfo {
    std::string path; ///< `energy_quality.cpu.verdict`, `attempts[].status`
    FieldKind kind = FieldKind::text;
    bool is_nullable = false;
    std::string_view unit; ///< `J`, `W`, `s`, `%`, `deg C`, `MHz`; "" for none
    std::string column;    ///< its column of summary.csv; "" for none
    std::string_view meaning;
};

/// All fields in the order of the file; a member follows its object.
[[nodiscard]] const std::vector<FieldInfo>& record_fields();

/// A column of summary.csv that every table has.
template <class Owner>
struct ColumnOf {
    std::string name;
    std::size_t number = 0; ///< its place, from 1
    std::function<Json(const Owner&)> value;
};
using Column = ColumnOf<ExperimentRecord>;

/// The number of the last column before those of the hyperparameters and metrics.
constexpr std::size_t kLastLeadingColumn = 7;
/// The number of the column that names the session.
constexpr std::size_t kSessionColumn = 19;

/// All of them, sorted by their numbers, which are 1, 2, 3 ...
[[nodiscard]] const std::vector<Column>& summary_columns();

} // namespace mutation::record
