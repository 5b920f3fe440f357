#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/session/step.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace mutation::session {

/// Decides what a session does next, from its plan and its records. Pure: it reads no clock and no file.
class Schedule {
public:
    /// `standing`: the records that the session has already. Their experiments are not run again.
    Schedule(const plan::Plan& plan, const std::vector<record::ExperimentRecord>& standing);

    /// The next experiment with the cooldown before it; nullopt if nothing is left. The first one has no cooldown. The
    /// experiment stays valid as long as the schedule.
    [[nodiscard]] std::optional<Step> next() const;
    /// Takes the record of an experiment that was run.
    void add(const record::ExperimentRecord& record);
    /// Takes another round of experiments, which follow those that are open.
    void append(std::vector<plan::PlannedExperiment> round);

    /// What is still to run, in this order.
    [[nodiscard]] std::vector<const plan::PlannedExperiment*> open() const;

private:
    Cooldown cooldown_;
    std::deque<plan::PlannedExperiment> experiments_; ///< those that this schedule runs; their addresses are stable
    std::size_t next_ = 0;
};

} // namespace mutation::session
