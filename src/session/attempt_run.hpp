#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/energy/energy.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/trainlog/log_metrics.hpp"
#include "worker_state.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::session {

/// What one attempt of a training gave.
struct AttemptResult {
    run::AttemptOutcome outcome;
    trainlog::LogFindings log;
    std::optional<std::string> lost_background; ///< why nothing ran beside it when it had ended; nullopt if all is well
    std::optional<std::string> lost_log;        ///< the remark on a log that the training removed or replaced
    energy::Measurement measurement;
};

/// Runs attempts of one experiment, each measured over its own lifetime.
class AttemptRun {
public:
    /// `directory`: the experiment's. All references outlive this object.
    AttemptRun(const plan::PlannedExperiment& experiment, const std::filesystem::path& directory, WorkerState& worker);

    /// Runs `command` with perf around it if perf works. Error(storage).
    [[nodiscard]] AttemptResult run(const std::vector<std::string>& command);
    /// The result of an attempt that is not started, since what runs beside it was lost. Error(storage).
    [[nodiscard]] AttemptResult skip();

private:
    [[nodiscard]] run::AttemptRequest make_request(const std::vector<std::string>& command) const;
    [[nodiscard]] run::AttemptOutcome run_measured(run::AttemptRequest request);
    [[nodiscard]] run::AttemptOutcome start(const run::AttemptRequest& request);
    [[nodiscard]] energy::Measurement finish_measurement(const run::AttemptOutcome& outcome);

    const plan::PlannedExperiment& experiment_;
    const std::filesystem::path& directory_;
    WorkerState& worker_;
    const config::Repository& repository_;
    trainlog::LogReader log_reader_;
};

} // namespace mutation::session
