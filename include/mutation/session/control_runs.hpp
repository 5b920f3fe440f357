#pragma once

#include "mutation/core/units.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::session {

/// The energy of a session's control runs. They are the same training again and again, so a drift is the machine's.
class ControlRuns {
public:
    explicit ControlRuns(Percent tolerance) : tolerance_(tolerance) {}

    /// Takes a record. Only successful control runs count, and only those that measured the same as the first one.
    /// Returns a warning if they spread by more than the tolerance.
    std::optional<std::string> add(const record::ExperimentRecord& record);
    /// A line for the end of the session; nullopt if there are no two runs to compare.
    [[nodiscard]] std::optional<std::string> summary() const;
    /// For session.json; nullopt if there are no two runs to compare.
    [[nodiscard]] std::optional<record::ControlFacts> describe() const;

private:
    [[nodiscard]] std::optional<Percent> spread() const;

    Percent tolerance_;
    std::vector<double> joules_;
    bool has_cpu_ = false; ///< whether the first one has a CPU energy, which is then part of what is compared
    bool has_gpu_ = false; ///< likewise
};

} // namespace mutation::session
