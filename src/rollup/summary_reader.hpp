#pragma once

#include "mutation/record/experiment_record.hpp"
#include "mutation/record/field_table.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mutation::rollup {

/// Reads the rows of a summary.csv, ours or v3.0's, by the field table: the reverse of `SummaryTable`. A record that is
/// read so has what the columns hold, and one attempt.
class SummaryReader {
public:
    explicit SummaryReader(const std::vector<std::string>& header);

    /// nullopt if the row has no experiment's id. A cell that cannot be read is not recorded.
    [[nodiscard]] std::optional<record::ExperimentRecord> read(const std::vector<std::string>& cells) const;

private:
    struct Field {
        std::size_t column = 0;
        record::FieldKind kind = record::FieldKind::text;
        std::vector<std::string> path; ///< of the JSON members
    };

    std::vector<Field> fields_;
    std::vector<std::pair<std::size_t, std::string>> hyperparameters_; ///< column, name
};

} // namespace mutation::rollup
