#pragma once

#include "mutation/rollup/summary.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mutation::rollup {

/// The rows of a summary.csv, kept as small as they can be: those of 20,000 experiments take about 20 MB.
class SummaryTable {
public:
    SummaryTable();

    void add(const SummaryRow& row);
    [[nodiscard]] std::size_t size() const { return rows_.size(); }

    /// RFC 4180 text, handed over in pieces: v3.0's columns in v3.0's order, ours after them; rows in the order of
    /// their experiments. Of hyperparameters and metrics only the columns that a row has stand; the others always do.
    void write_csv(const std::function<void(std::string_view)>& sink) const;

private:
    struct Row {
        std::string id;    ///< of the experiment
        std::string cells; ///< packed: for each one its column, its length, its text
    };

    [[nodiscard]] std::uint32_t column_number(const std::string& name);
    [[nodiscard]] std::vector<std::uint32_t> ordered_columns() const;
    [[nodiscard]] std::vector<std::uint32_t> ordered_rows() const;

    std::vector<std::string> columns_; ///< in the order in which they came up
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<Row> rows_;
};

} // namespace mutation::rollup
