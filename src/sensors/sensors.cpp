#include "mutation/sensors/sensors.hpp"

#include "mutation/core/text.hpp"
#include "mutation/sensors/nvidia_source.hpp"
#include "mutation/system/clock.hpp"
#include "sensors_state.hpp"

#include <fmt/format.h>
#include <utility>

namespace mutation::sensors {

namespace {

/// A rule of thumb for a machine that shows nothing.
constexpr Watts kBusyCpuPower{10};

} // namespace

Sensors::Sensors(const SensorSources& sources)
    : Sensors(sources, find_nvidia_gpus(sources.nvidia_smi, sources.sample_interval, sources.stop_fd)) {}
Sensors::Sensors(const SensorSources& sources, FoundGpus gpus)
    : state_(std::make_unique<State>(sources, std::move(gpus))) {}
Sensors::~Sensors() = default;

std::vector<std::string> Sensors::findings() const {
    std::vector<std::string> lines;
    const CpuSensor& cpu = state_->cpu;
    if (!cpu.method().empty()) {
        lines.push_back(fmt::format("CPU energy: {} ({})",
                                    cpu.method() == "powercap" ? "powercap" : "perf " + cpu.perf_version(),
                                    join(cpu.events(), ", ")));
    }
    if (state_->gpus) {
        const std::vector<std::string>& gpus = state_->gpus->facts().findings;
        lines.insert(lines.end(), gpus.begin(), gpus.end());
    }
    return lines;
}

std::vector<std::string> Sensors::warnings() const {
    std::vector<std::string> lines;
    const CpuSensor& cpu = state_->cpu;
    if (cpu.method().empty()) {
        lines.push_back("CPU energy will not be measured: " + cpu.reason());
    } else if (!cpu.reason().empty()) {
        lines.push_back("CPU energy is read from powercap: " + cpu.reason());
    }
    if (!cpu.missing().empty()) {
        lines.push_back("CPU energy will have no total: " + cpu.missing());
    }
    if (!cpu.doubt().empty()) {
        lines.push_back("CPU energy may be missing: " + cpu.doubt());
    }
    if (!state_->gpus) {
        lines.push_back("GPU energy will not be measured: " + state_->gpu_reason);
        return lines;
    }
    const std::vector<std::string>& gpus = state_->gpus->facts().warnings;
    lines.insert(lines.end(), gpus.begin(), gpus.end());
    return lines;
}

std::vector<std::string> Sensors::take_alerts() {
    return std::exchange(state_->alerts, {});
}

bool Sensors::can_measure_cpu() const {
    return !state_->cpu.method().empty();
}

energy::SensorFacts Sensors::describe() const {
    energy::SensorFacts facts;
    if (!state_->cpu.perf_version().empty()) {
        facts.perf_version = state_->cpu.perf_version();
    }
    if (state_->gpus) {
        for (const GpuInfo& gpu : state_->gpus->facts().gpus) {
            facts.gpus.push_back({gpu.index, gpu.uuid, gpu.name, gpu.persistence_mode});
            facts.gpu_driver = gpu.driver;
        }
    }
    facts.baseline = state_->baseline;
    return facts;
}

bool Sensors::can_measure() const {
    return !state_->cpu.method().empty() || state_->gpus.has_value();
}

AttemptSensors Sensors::start_attempt(const std::filesystem::path& energy, const std::vector<std::string>& environment,
                                      int stop_fd) {
    State& state = *state_;
    state.energy_folder = energy;
    if (state.gpus) {
        state.gpus->start_attempt(energy, environment, stop_fd);
        state.report_outage();
    }
    AttemptSensors attempt;
    attempt.wrapper = state.cpu.start(energy);
    attempt.wrapper_fds = state.cpu.wrapper_fds();
    state.contamination.start();
    return attempt;
}

energy::Measurement Sensors::finish_attempt(const AttemptFacts& facts, int stop_fd) {
    State& state = *state_;
    energy::Measurement measurement;
    state.cpu_watch.stop();
    state.contamination.stop();
    if (!facts.window) {
        if (state.gpus) {
            state.gpus->abandon_attempt();
        }
        measurement.cpu.quality.reason = measurement.gpu.quality.reason = "the training did not start";
        return measurement;
    }
    measurement.cpu = state.cpu.finish(
        {facts.perf_spawned, facts.launcher_up, facts.perf_refused, facts.perf_crash, facts.perf_messages},
        *facts.window);
    state.finish_gpus(facts, stop_fd, measurement);
    measurement.contamination = state.contamination.judge(facts.training_cpu_time, measurement, facts.has_background);
    state.report_absent(measurement);
    measurement.net = energy::net_energy(state.idle_levels(), measurement, facts.window->length());
    if (!measurement.cpu.package) {
        measurement.cpu_estimated =
            energy::EstimatedEnergy{kBusyCpuPower * facts.training_cpu_time,
                                    "CPU time of the training x 10 W per busy CPU: a rule of thumb, not a measurement"};
    }
    return measurement;
}

void Sensors::training_started(const TrainingStart& start) {
    state_->cpu.read_now();
    if (state_->gpus) {
        state_->gpus->source().training_started();
    }
    state_->cpu_watch.start(system::monotonic_now());
    state_->write_facts(start);
}

void Sensors::training_ended() {
    state_->cpu_watch.stop();
    state_->cpu.read_now();
    if (state_->gpus) {
        state_->gpus->source().training_ended();
    }
}

void Sensors::add_poll_fds(std::vector<pollfd>& fds) const {
    if (state_->gpus) {
        state_->gpus->source().add_poll_fds(fds);
    }
}

void Sensors::on_poll(const std::set<pid_t>& companions) {
    const MonotonicTime now = system::monotonic_now();
    state_->cpu.on_poll(now);
    if (const std::optional<std::string> outage = state_->cpu_watch.look(state_->cpu, now)) {
        state_->alerts.push_back(*outage);
    }
    if (state_->gpus) {
        state_->gpus->source().on_poll(companions);
        state_->report_outage();
    }
}

std::set<pid_t> Sensors::processes() const {
    return state_->gpus ? state_->gpus->source().processes() : std::set<pid_t>{};
}

std::optional<Celsius> Sensors::hottest_gpu() {
    return state_->gpus ? state_->gpus->hottest(state_->sources.stop_fd) : std::nullopt;
}

std::optional<Watts> Sensors::current_cpu_power() const {
    return state_->cpu.current_power();
}

std::optional<Watts> Sensors::current_gpu_power() const {
    return state_->gpus ? state_->gpus->current_power() : std::nullopt;
}

} // namespace mutation::sensors
