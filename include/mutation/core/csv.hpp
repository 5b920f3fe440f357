#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mutation {

/// Takes the next record off CSV text (RFC 4180): quotes may contain commas, quotes and line ends. At least one cell,
/// an empty one for an empty text. Pure.
[[nodiscard]] std::vector<std::string> take_csv_record(std::string_view& text);

/// Takes the header off: the names of the columns, a spreadsheet's byte order mark left out.
[[nodiscard]] std::vector<std::string> take_csv_header(std::string_view& text);

/// The end of a record (RFC 4180; v3.0's Python wrote it too).
inline constexpr std::string_view kCsvLineEnd = "\r\n";

/// Adds a cell, quoted if it has to be, and the comma after it.
void append_csv_cell(std::string& line, std::string_view cell);

} // namespace mutation
