#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/session/experiment_runner.hpp"
#include "mutation/session/worker_listener.hpp"
#include "mutation/session/worker_settings.hpp"
#include "mutation/system/signals.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace mutation::session {

/// Runs one attempt of a training to its end: `run::run_attempt`, or a fake in tests.
using AttemptRunner = std::function<run::AttemptOutcome(const run::AttemptRequest&, system::SignalFd&,
                                                        run::Interruption&, run::LoopClient&)>;

/// What a worker works with. All references outlive it.
struct WorkerSetup {
    const config::Registry& registry;
    const record::SessionStore& store; ///< the folder of the experiments
    system::SignalFd& signals;
    run::Interruption& interruption;
    WorkerSettings settings;
    record::MachineFacts machine;
    AttemptRunner run_attempt = run::run_attempt;
};

struct WorkerState;

/// One machine with its sensors, its idle power and its background training. Runs planned experiments one by one and
/// knows nothing of the plan that they are from.
class Worker final : public ExperimentRunner {
public:
    Worker(WorkerSetup setup, std::unique_ptr<sensors::Sensors> sensors, WorkerListener& listener);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() override;

    /// Reports which sensors were found, and measures the idle machine. Once, before the first experiment.
    void begin();

    /// That the disk of the session's folder is full.
    [[nodiscard]] std::optional<std::string> find_obstacle() const override;
    /// The time since the end of the last training counts: what was spent on reading its log is part of the cooldown.
    void cool_down(const Cooldown& cooldown) override;
    /// Attempts that an interrupted run of the experiment left are kept as attempts before.
    [[nodiscard]] record::ExperimentRecord run(const plan::PlannedExperiment& experiment) override;
    void end_background(BackgroundEnd how) override;

private:
    void report_sensors();
    void measure_baseline();
    void wait_until_cool(const Cooldown& cooldown);

    std::unique_ptr<WorkerState> state_;
};

} // namespace mutation::session
