#pragma once

#include "mutation/session/background_keeper.hpp"
#include "mutation/session/worker.hpp"
#include "mutation/session/worker_loop.hpp"
#include "mutation/system/clock.hpp"

#include <memory>
#include <string>
#include <utility>

namespace mutation::session {

/// What a worker has for the whole of its life.
struct WorkerState {
    WorkerState(WorkerSetup given, std::unique_ptr<sensors::Sensors> given_sensors, WorkerListener& given_listener)
        : setup(std::move(given)), sensors(std::move(given_sensors)), listener(given_listener),
          backgrounds(setup.registry, setup.store.directory(), setup.settings), loop(*sensors, backgrounds, listener) {}

    [[nodiscard]] bool is_interrupted() const { return setup.interruption.is_requested(); }
    void take_signals() { run::take_signals(setup.signals, setup.interruption); }
    /// Lets time pass; returns early when a signal asks the session to stop.
    void rest_for(Seconds duration) { rest(duration, loop, setup.signals, setup.interruption); }

    WorkerSetup setup;
    std::unique_ptr<sensors::Sensors> sensors;
    WorkerListener& listener;
    BackgroundKeeper backgrounds;
    WorkerLoop loop;
    energy::SensorFacts sensor_facts;
    record::CooldownKind cooldown = record::CooldownKind::none; ///< since the last experiment
    MonotonicTime idle_since = system::monotonic_now();         ///< when the last training or background ended
};

} // namespace mutation::session
