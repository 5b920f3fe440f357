#include "mutation/rollup/summary_table.hpp"

#include "mutation/rollup/experiment_order.hpp"

#include <algorithm>
#include <numeric>

namespace mutation::rollup {

namespace {

constexpr std::string_view kLineEnd = "\r\n"; // RFC 4180, and what v3.0's Python wrote

/// Seven bits a byte, the lowest first; the top bit says that more follow.
void pack_number(std::string& to, std::size_t number) {
    while (number >= 0x80U) {
        to.push_back(static_cast<char>(number | 0x80U));
        number >>= 7U;
    }
    to.push_back(static_cast<char>(number));
}

std::size_t unpack_number(std::string_view& from) {
    std::size_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        number |= static_cast<std::size_t>(byte & 0x7FU) << shift;
        if (byte < 0x80U) {
            return number;
        }
    }
}

void append_quoted(std::string& line, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        line += cell;
        return;
    }
    line += '"';
    for (const char byte : cell) {
        line.append(byte == '"' ? 2 : 1, byte);
    }
    line += '"';
}

} // namespace

SummaryTable::SummaryTable() {
    for (const record::Column& column : record::summary_columns()) {
        (void)column_number(column.name);
    }
}

std::uint32_t SummaryTable::column_number(const std::string& name) {
    const auto [entry, is_new] = numbers_.try_emplace(name, static_cast<std::uint32_t>(columns_.size()));
    if (is_new) {
        columns_.push_back(name);
    }
    return entry->second;
}

void SummaryTable::add(const SummaryRow& row) {
    std::string packed;
    for (const auto& [column, cell] : row.cells) {
        pack_number(packed, column_number(column));
        pack_number(packed, cell.size());
        packed += cell;
    }
    packed.shrink_to_fit();
    const std::string* id = row.find("experiment_id");
    rows_.push_back({id == nullptr ? std::string() : *id, std::move(packed)});
}

std::vector<std::uint32_t> SummaryTable::ordered_columns() const {
    const auto first = static_cast<std::uint32_t>(leading_columns().size());
    const auto fixed = static_cast<std::uint32_t>(first + trailing_columns().size());
    std::vector<std::uint32_t> families(columns_.size() - fixed);
    std::iota(families.begin(), families.end(), fixed);
    // `hyperparam_` comes before `perf_` in the alphabet as in the table.
    std::sort(families.begin(), families.end(),
              [this](std::uint32_t a, std::uint32_t b) { return columns_[a] < columns_[b]; });
    std::vector<std::uint32_t> order(fixed);
    std::iota(order.begin(), order.end(), 0U);
    order.insert(order.begin() + first, families.begin(), families.end());
    return order;
}

std::vector<std::uint32_t> SummaryTable::ordered_rows() const {
    std::vector<std::uint32_t> order(rows_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return comes_before(rows_[a].id, rows_[b].id); });
    return order;
}

void SummaryTable::write_csv(const std::function<void(std::string_view)>& sink) const {
    const std::vector<std::uint32_t> order = ordered_columns();
    std::vector<std::string_view> cells(columns_.begin(), columns_.end());
    std::string line;
    const auto write_line = [&] {
        line.clear();
        for (const std::uint32_t column : order) {
            append_quoted(line, cells[column]);
            line += ',';
        }
        line.pop_back();
        sink(line += kLineEnd);
        std::fill(cells.begin(), cells.end(), std::string_view());
    };
    write_line();
    for (const std::uint32_t row : ordered_rows()) {
        for (std::string_view packed = rows_[row].cells; !packed.empty();) {
            const std::size_t column = unpack_number(packed);
            const std::size_t length = unpack_number(packed);
            cells[column] = packed.substr(0, length);
            packed.remove_prefix(length);
        }
        write_line();
    }
}

} // namespace mutation::rollup
