#pragma once

#include "mutation/core/units.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/rollup/summary_table.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::rollup {

/// The summary of a session while it grows.
class Rollup {
public:
    explicit Rollup(std::string session) : session_(std::move(session)) {}

    /// Adds a record, ours or v3.0's.
    void add(const record::ExperimentRecord& record) {
        table_.add(record, session_);
        has_unwritten_ = true;
    }
    [[nodiscard]] std::size_t size() const { return table_.size(); }

    /// Writes the CSV by rename. Error(storage).
    void write(const std::filesystem::path& file) const;
    /// Whether a write is due after an `add`: always below 100 rows, else after 15 ms per row since the last write, at
    /// most 30 s.
    [[nodiscard]] bool is_due(MonotonicTime now) const;
    /// `write`, if it is due at `now` and there is something new.
    void write_if_due(const std::filesystem::path& file, MonotonicTime now);

private:
    std::string session_;
    SummaryTable table_;
    std::optional<MonotonicTime> written_;
    bool has_unwritten_ = false;
};

} // namespace mutation::rollup
