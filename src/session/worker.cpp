#include "mutation/session/worker.hpp"

#include "experiment_run.hpp"
#include "mutation/session/disk_space.hpp"
#include "worker_state.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::session {

Worker::Worker(WorkerSetup setup, std::unique_ptr<sensors::Sensors> sensors, WorkerListener& listener)
    : state_(std::make_unique<WorkerState>(std::move(setup), std::move(sensors), listener)) {}
Worker::~Worker() = default;

void Worker::begin() {
    state_->take_signals();
    report_sensors();
    measure_baseline();
    state_->sensor_facts = state_->sensors->describe();
}

void Worker::report_sensors() {
    if (state_->is_interrupted()) {
        return; // the sensors were not tried to the end
    }
    for (const std::string& line : state_->sensors->findings()) {
        state_->listener.event(line);
    }
    for (const std::string& line : state_->sensors->warnings()) {
        state_->listener.warning(line);
    }
}

void Worker::measure_baseline() {
    const Seconds length = state_->setup.settings.baseline;
    if (length.count() <= 0 || !state_->sensors->can_measure() || state_->is_interrupted()) {
        return;
    }
    state_->listener.event(fmt::format("measuring the idle machine for {} s", length.count()));
    const std::string found =
        state_->sensors->measure_baseline(length, state_->setup.store.layout().baseline(), state_->setup.signals.fd());
    if (!found.empty()) {
        state_->listener.event("idle: " + found);
    }
    state_->loop.report_alerts();
    state_->take_signals();
}

std::optional<std::string> Worker::find_obstacle() const {
    return describe_full_disk(state_->setup.store.directory());
}

void Worker::cool_down(const Cooldown& cooldown) {
    const bool is_loaded = cooldown.shares_background && state_->backgrounds.is_shared();
    if (!is_loaded) {
        end_background(BackgroundEnd::with_grace);
    }
    if (cooldown.is_none()) {
        return;
    }
    state_->cooldown = is_loaded ? record::CooldownKind::loaded : record::CooldownKind::idle;
    state_->listener.detail(fmt::format("cooling down for {} s", cooldown.duration.count()));
    state_->loop.begin_phase(WorkerPhase::cooling_down, {}, state_->idle_since);
    state_->rest_for(cooldown.duration - (system::monotonic_now() - state_->idle_since));
    if (cooldown.until) {
        wait_until_cool(cooldown);
    }
}

/// Looks at the GPUs every few seconds, for as long as the cooldown allows.
void Worker::wait_until_cool(const Cooldown& cooldown) {
    constexpr Seconds kLook{5};
    const MonotonicTime start = system::monotonic_now();
    while (!state_->is_interrupted()) {
        const std::optional<Celsius> hottest = state_->sensors->hottest_gpu();
        state_->take_signals(); // a signal ends the question to nvidia-smi
        if (!hottest || *hottest <= *cooldown.until) {
            return;
        }
        const Seconds left = cooldown.longest_wait - (system::monotonic_now() - start);
        if (left.count() <= 0) {
            state_->listener.warning(fmt::format("a GPU is still at {:.0f} C after {:.0f} s of cooldown; continuing",
                                                 hottest->value(), cooldown.longest_wait.count()));
            return;
        }
        state_->listener.detail(fmt::format("a GPU is at {:.0f} C; waiting until it is at {:.0f} C", hottest->value(),
                                            cooldown.until->value()));
        state_->rest_for(std::min(kLook, left));
    }
}

record::ExperimentRecord Worker::run(const plan::PlannedExperiment& experiment) {
    record::ExperimentRecord record = ExperimentRun(experiment, *state_).run();
    state_->cooldown = record::CooldownKind::none;
    return record;
}

void Worker::end_background(BackgroundEnd how) {
    if (state_->backgrounds.current() != nullptr) {
        state_->backgrounds.stop(how);
        state_->idle_since = system::monotonic_now();
    }
}

} // namespace mutation::session
