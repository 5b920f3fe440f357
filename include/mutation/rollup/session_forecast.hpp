#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/rollup/past_runs.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::rollup {

/// What a session, or the rest of one, is expected to take, and where that is from.
struct PlanEstimate {
    std::optional<Seconds>
        duration;                 ///< known trainings, cooldowns and waits for backgrounds; none: no training is known
    std::optional<Joules> energy; ///< of the known trainings; none: not measured for one of them
    std::size_t known = 0;        ///< trainings whose like has been run
    std::size_t total = 0;
    std::string basis;       ///< "3 of 4 trainings known from 12 past runs"
    bool is_overdue = false; ///< the training that runs takes longer than expected: `duration` is a lower bound

    /// Whether trainings of which nothing is known are left out.
    [[nodiscard]] bool is_partial() const { return known < total; }
};

/// What a session does with an experiment.
enum class Activity { waiting_for_background, training, cooling_down };

/// Where a session is in its plan.
struct SessionMoment {
    Activity activity = Activity::training;
    const plan::PlannedExperiment* experiment = nullptr; ///< the one that runs; while cooling down, the one before
    Seconds elapsed{0};                                  ///< since the activity began
};

/// Foretells how long a session goes on and what it takes, from past runs and from its own as they end.
class SessionForecast {
public:
    /// `open`: what is to run, in this order.
    SessionForecast(const plan::SessionSettings& settings, const std::vector<const plan::PlannedExperiment*>& open,
                    PastRuns past);

    /// Takes an experiment from what is left, and learns from its record.
    void end_experiment(const plan::PlannedExperiment& experiment, const record::ExperimentRecord& record);

    /// All that has not ended.
    [[nodiscard]] PlanEstimate rest() const;
    /// The same, without what has passed of the running activity. If a training takes longer than expected, the others
    /// are judged by it as if it ended now.
    [[nodiscard]] PlanEstimate rest_at(const SessionMoment& moment) const;
    /// Of one training alone; none: nothing like it was ever run.
    [[nodiscard]] std::optional<Seconds> duration_of(const plan::PlannedExperiment& experiment) const;

private:
    void close(const plan::PlannedExperiment& experiment);
    [[nodiscard]] Seconds wait_of(const plan::PlannedExperiment& experiment) const;
    [[nodiscard]] PlanEstimate rest_if_ended_now(const SessionMoment& moment) const;
    [[nodiscard]] std::string describe_basis(const PlanEstimate& estimate, std::size_t in_other_company) const;

    Seconds cooldown_;
    PastRuns past_;
    std::map<TrainingKind, TrainingCount> open_;
    std::size_t total_ = 0;
    Seconds waiting_{0};                     ///< for backgrounds to load the GPU
    std::map<std::uint32_t, Seconds> waits_; ///< experiment's number -> its part of that
};

/// Of a session that has not begun: the baseline included.
[[nodiscard]] PlanEstimate estimate_plan(const plan::Plan& plan, PastRuns past);

} // namespace mutation::rollup
