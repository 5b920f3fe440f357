#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/session/step.hpp"

#include <optional>
#include <string>

namespace mutation::session {

/// What the loop of a session runs its experiments with: a Worker, or a fake in tests.
class ExperimentRunner {
public:
    virtual ~ExperimentRunner() = default;
    /// Why no experiment can be run now, with the remedy; nullopt if one can.
    [[nodiscard]] virtual std::optional<std::string> find_obstacle() const = 0;
    /// Lets the machine rest. Returns early when a signal asks the session to stop.
    virtual void cool_down(const Cooldown& cooldown) = 0;
    /// Runs an experiment with its retries. Its record is not on the disk yet. Error(storage).
    [[nodiscard]] virtual record::ExperimentRecord run(const plan::PlannedExperiment& experiment) = 0;
    /// Ends the background training that still runs, if there is one.
    virtual void end_background(BackgroundEnd how) = 0;
};

} // namespace mutation::session
