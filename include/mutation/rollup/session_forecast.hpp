#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/rollup/past_runs.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::rollup {

/// The expected duration and energy of a session or of its rest, and what that is based on.
struct PlanEstimate {
    std::optional<Seconds>
        duration;                 ///< known trainings, cooldowns and waits for backgrounds; none: no training is known
    std::optional<Joules> energy; ///< of the known trainings; none: not measured for one of them
    std::size_t known = 0;        ///< trainings that are known from past runs
    std::size_t total = 0;
    std::string basis;       ///< "3 of 4 trainings known from 12 past runs"
    bool is_overdue = false; ///< the training that runs takes longer than expected: `duration` is a lower bound

    /// Whether the estimate leaves out trainings that are not known.
    [[nodiscard]] bool is_partial() const { return known < total; }
};

/// What a session is doing.
enum class Activity { waiting_for_background, training, cooling_down };

/// The position of a session in its plan.
struct SessionMoment {
    Activity activity = Activity::training;
    const plan::PlannedExperiment* experiment = nullptr; ///< the one that runs; while cooling down, the one before
    Seconds elapsed{0};                                  ///< since the activity began
};

/// Estimates the rest of a session from past runs and from its own runs as they end.
class SessionForecast {
public:
    /// `open`: the experiments to run, in this order.
    SessionForecast(const plan::SessionSettings& settings, const std::vector<const plan::PlannedExperiment*>& open,
                    PastRuns past);

    /// Removes an experiment from the rest and learns from its record.
    void end_experiment(const plan::PlannedExperiment& experiment, const record::ExperimentRecord& record);

    /// Everything that has not ended.
    [[nodiscard]] PlanEstimate rest() const;
    /// The same without the elapsed part of the running activity. If a training takes longer than expected, the others
    /// are estimated as if it ended now.
    [[nodiscard]] PlanEstimate rest_at(const SessionMoment& moment) const;
    /// Of one training; nullopt if it is not known.
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

/// The estimate for a session that has not begun, with its baseline.
[[nodiscard]] PlanEstimate estimate_plan(const plan::Plan& plan, PastRuns past);

} // namespace mutation::rollup
