#pragma once

#include "mutation/record/experiment_record.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::rollup {

/// The rows of a summary.csv.
class SummaryTable {
public:
    /// `fallback_session` names the session for records that do not.
    void add(const record::ExperimentRecord& record, const std::string& fallback_session);
    [[nodiscard]] std::size_t size() const { return rows_.size(); }

    /// RFC 4180 text, in pieces: v3.0's columns in v3.0's order, ours after them; rows in the order of their
    /// experiments. Of hyperparameters and metrics the table has those that a record has; all other columns are always
    /// there.
    void write_csv(const std::function<void(std::string_view)>& sink) const;

private:
    struct Row {
        std::string id;                               ///< of the experiment
        std::string leading;                          ///< the cells before hyperparameters and metrics, as text
        std::map<std::string, std::string> by_column; ///< hyperparameters and metrics, not quoted yet
        std::string trailing;                         ///< the cells after them, as text
    };

    std::vector<Row> rows_;
};

} // namespace mutation::rollup
