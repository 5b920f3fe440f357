#include "mutation/core/csv.hpp"

namespace mutation {

std::vector<std::string> take_csv_record(std::string_view& text) {
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

std::vector<std::string> take_csv_header(std::string_view& text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; // spreadsheets leave it
    text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    return take_csv_record(text);
}

void append_csv_cell(std::string& line, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        line.append(cell).append(1, ',');
        return;
    }
    line += '"';
    for (const char byte : cell) {
        line.append(byte == '"' ? 2 : 1, byte);
    }
    line += "\",";
}

} // namespace mutation
