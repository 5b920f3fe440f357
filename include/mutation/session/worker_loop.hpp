#pragma once

#include "mutation/run/attempt.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/session/background_keeper.hpp"
#include "mutation/session/worker_listener.hpp"
#include "mutation/system/signals.hpp"

#include <filesystem>
#include <string>

namespace mutation::session {

/// What runs beside a training in the one loop of the program: sensors, the background training, and the listener.
class WorkerLoop final : public run::LoopClient {
public:
    WorkerLoop(sensors::Sensors& sensors, BackgroundKeeper& backgrounds, WorkerListener& listener)
        : sensors_(sensors), backgrounds_(backgrounds), listener_(listener) {}

    /// What the worker does from now on. `log`: of the training, else empty. `since`: when the phase began.
    void begin_phase(WorkerPhase phase, const std::filesystem::path& log, MonotonicTime since);
    /// The experiment that the sensors' alerts are about from now on.
    void set_name(std::string experiment) { name_ = std::move(experiment); }
    /// Warns of what happened to a sensor; on_poll does it too.
    void report_alerts();

    void add_poll_fds(std::vector<pollfd>& fds) override;
    void on_poll(std::optional<Seconds> elapsed) override;
    void on_started(const run::AttemptOutcome& so_far) override;
    void on_ended() override { sensors_.training_ended(); }
    void on_stopping(run::Ending why) override;
    [[nodiscard]] std::optional<std::string> stop_reason() const override;
    [[nodiscard]] std::set<pid_t> companions() const override;

private:
    sensors::Sensors& sensors_;
    BackgroundKeeper& backgrounds_;
    WorkerListener& listener_;
    std::string name_;
    WorkerPhase phase_ = WorkerPhase::training;
    MonotonicTime since_{};
    std::filesystem::path log_;
    MonotonicTime shown_{};
};

/// Lets time pass while the client is served. Returns early when a signal asks the session to stop.
void rest(Seconds duration, run::LoopClient& client, system::SignalFd& signals, run::Interruption& interruption);

} // namespace mutation::session
