#pragma once

#include "mutation/core/json.hpp"
#include "mutation/plan/plan.hpp"
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
    std::string basis; ///< "3 of 4 trainings known from 12 past runs"

    /// Whether trainings of which nothing is known are left out.
    [[nodiscard]] bool is_partial() const { return known < total; }
};

/// Foretells how long a session goes on and what it takes, from past runs and from its own as they end.
class SessionForecast {
public:
    /// `open`: what is to run, in this order.
    SessionForecast(const plan::SessionSettings& settings, const std::vector<const plan::PlannedExperiment*>& open,
                    PastRuns past);

    /// Takes an experiment from what is left, and learns from its record.
    void end_experiment(const plan::PlannedExperiment& experiment, const Json& record);

    /// All that has not ended.
    [[nodiscard]] PlanEstimate rest() const;
    /// Of one training alone; none: nothing like it was ever run.
    [[nodiscard]] std::optional<Seconds> duration_of(const plan::PlannedExperiment& experiment) const;

private:
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
