#include "summary_cell.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

namespace mutation::rollup {

namespace {

constexpr std::string_view kSeparator = "; ";
// As v3.0's Python wrote them.
constexpr std::string_view kTrue = "True";
constexpr std::string_view kFalse = "False";

} // namespace

std::string to_cell(const Json& value) {
    if (value.is_null()) {
        return {};
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_boolean()) {
        return std::string(value.get<bool>() ? kTrue : kFalse);
    }
    if (value.is_number_float()) {
        return format_shortest(value.get<double>());
    }
    if (value.is_array()) {
        std::string cell;
        for (const Json& item : value) {
            cell.append(cell.empty() ? "" : kSeparator).append(to_cell(item));
        }
        return cell;
    }
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json from_cell(record::FieldKind kind, std::string_view cell) {
    using record::FieldKind;
    if (cell.empty()) {
        return nullptr;
    }
    if (kind == FieldKind::number) {
        const std::optional<double> number = parse_double(cell);
        return number ? Json(*number) : Json(nullptr);
    }
    if (kind == FieldKind::whole) {
        const std::optional<std::int64_t> number = parse_integer(cell);
        return number ? Json(*number) : Json(nullptr);
    }
    if (kind == FieldKind::boolean) {
        return cell == kTrue || cell == kFalse ? Json(cell == kTrue) : Json(nullptr);
    }
    return kind == FieldKind::text ? Json(cell) : Json(nullptr); // lists may have the separator in their items
}

Json from_cell(std::string_view cell) {
    if (cell.empty()) {
        return nullptr;
    }
    const std::optional<double> number = parse_double(cell);
    return number ? Json(*number) : Json(cell);
}

} // namespace mutation::rollup
