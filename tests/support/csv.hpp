#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::test {

/// A CSV text as rows of cells, the header first. Rows end with CR LF as in RFC 4180; with LF if there is no CR LF.
inline std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    const std::string_view row_end = text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
    bool is_quoted = false;
    bool is_new_row = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_new_row) {
            rows.emplace_back(1);
            is_new_row = false;
        }
        std::string& cell = rows.back().back();
        if (is_quoted && text[i] == '"' && text.substr(i + 1, 1) == "\"") {
            cell += text[++i];
        } else if (text[i] == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && text[i] == ',') {
            rows.back().emplace_back();
        } else if (!is_quoted && text.substr(i, row_end.size()) == row_end) {
            i += row_end.size() - 1;
            is_new_row = true;
        } else {
            cell += text[i];
        }
    }
    return rows;
}

/// The rows below the header, cells by column.
inline std::vector<std::map<std::string, std::string>> parse_csv_table(std::string_view text) {
    const auto rows = parse_csv(text);
    std::vector<std::map<std::string, std::string>> table;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        table.emplace_back();
        for (std::size_t k = 0; k < rows[0].size() && k < rows[i].size(); ++k) {
            table.back()[rows[0][k]] = rows[i][k];
        }
    }
    return table;
}

} // namespace mutation::test
