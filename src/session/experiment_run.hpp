#pragma once

#include "attempt_run.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"
#include "worker_state.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::session {

/// One planned experiment on a worker's machine: its background, its attempts, its record.
class ExperimentRun {
public:
    /// Moves what an interrupted run of the experiment left out of the way. Error(storage).
    ExperimentRun(const plan::PlannedExperiment& experiment, WorkerState& worker);

    /// Error(storage).
    [[nodiscard]] record::ExperimentRecord run();

private:
    [[nodiscard]] record::ExperimentRecord blank_record() const;
    /// Fills in what is known only when an attempt has ended.
    void complete(record::ExperimentRecord& record) const;

    void start_background();
    void wait_for_load(Seconds duration);
    [[nodiscard]] std::optional<std::string> background_error() const;
    void describe_background(const run::AttemptOutcome& outcome, energy::Measurement& measurement);

    /// Appends the record of one more attempt. Returns whether another one may succeed.
    [[nodiscard]] bool run_attempt(record::ExperimentRecord& record);
    [[nodiscard]] std::vector<std::string> remarks_on(const AttemptResult& result, record::Status status) const;

    const plan::PlannedExperiment& experiment_;
    WorkerState& worker_;
    const config::Repository& repository_;
    std::vector<record::AttemptRecord> earlier_attempts_;
    std::filesystem::path directory_;
    AttemptRun attempt_run_;
    std::optional<std::string> start_error_; ///< why the background could not be started
    std::optional<record::BackgroundRecord> background_;
};

} // namespace mutation::session
