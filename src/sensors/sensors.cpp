#include "mutation/sensors/sensors.hpp"

#include "mutation/core/text.hpp"
#include "mutation/sensors/nvidia_source.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process_tree.hpp"
#include "mutation/system/user.hpp"
#include "sensors_state.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::sensors {

namespace {

/// A rough value for a machine without sensors.
constexpr Watts kBusyCpuPower{10};

/// perf around a command that sleeps for that time; not running if there is no `wrapper`.
system::Child start_perf(std::vector<std::string> wrapper, std::vector<system::PassedFd> fds, Seconds length) {
    if (wrapper.empty()) {
        return {};
    }
    system::SpawnRequest request;
    request.argv = std::move(wrapper);
    request.argv.insert(request.argv.end(), {"sleep", fmt::format("{}", length.count())});
    request.fds = std::move(fds);
    request.environment = system::plain_environment();
    const system::RootScope root;
    return system::spawn(request);
}

void end_perf(system::Child& perf, Seconds limit, const std::set<pid_t>& spared) {
    if (perf.is_running()) {
        perf.wait_for(limit);
        const system::RootScope root;
        perf.kill_and_reap();
        system::end_descendants(spared, Seconds(0)); // what perf ran meanwhile, if it was stopped early
    }
}

std::string describe_idle_cpu(const energy::IdleBaseline& idle) {
    const std::string spread = idle.cpu_spread ? fmt::format(" +- {:.1f}", idle.cpu_spread->value()) : "";
    return fmt::format("CPU {:.1f}{} W", idle.cpu->value(), spread);
}

} // namespace

Sensors::Sensors(const SensorSources& sources)
    : Sensors(sources, find_nvidia_gpus(sources.nvidia_smi, sources.sample_interval, sources.stop_fd)) {}
Sensors::Sensors(const SensorSources& sources, FoundGpus gpus)
    : state_(std::make_unique<State>(sources, std::move(gpus))) {}
Sensors::~Sensors() = default;

std::vector<std::string> Sensors::findings() const {
    std::vector<std::string> lines;
    const CpuSensor& cpu = state_->cpu;
    if (can_measure_cpu()) {
        const bool is_perf = cpu.method() == CpuSensor::Method::perf;
        lines.push_back(fmt::format("CPU energy: {} ({})",
                                    is_perf ? "perf " + cpu.perf_version().value_or("") : "powercap",
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
    const auto warn = [&](const char* what, const std::optional<std::string>& why) {
        if (why) {
            lines.push_back(fmt::format("CPU energy {}: {}", what, *why));
        }
    };
    warn(can_measure_cpu() ? "is read from powercap" : "will not be measured", cpu.reason());
    warn("will have no total", cpu.missing());
    warn("may be missing", cpu.doubt());
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
    return state_->cpu.method() != CpuSensor::Method::none;
}

energy::SensorFacts Sensors::describe() const {
    energy::SensorFacts facts;
    facts.perf_version = state_->cpu.perf_version();
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
    return can_measure_cpu() || state_->gpus.has_value();
}

bool Sensors::rest(MonotonicTime end, int stop_fd) {
    while (system::monotonic_now() < end) {
        std::vector<pollfd> fds{{stop_fd, POLLIN, 0}};
        add_poll_fds(fds);
        const Seconds left = end - system::monotonic_now();
        ::poll(fds.data(), fds.size(), std::clamp(static_cast<int>(left.count() * 1000) + 1, 1, 1000));
        if (fds[0].revents != 0) {
            return false;
        }
        on_poll();
    }
    return true;
}

std::string Sensors::measure_baseline(Seconds length, const std::filesystem::path& folder, int stop_fd,
                                      const std::set<pid_t>& companions) {
    system::create_directories(folder);
    State& state = *state_;
    if (state.gpus) {
        state.gpus->start_baseline(folder, stop_fd);
    }
    PerfRun run;
    run.spawned = system::monotonic_now();
    std::vector<std::string> wrapper = state.cpu.start(folder);
    system::Child perf = start_perf(std::move(wrapper), state.cpu.wrapper_fds(), length);
    run.launcher_up = system::monotonic_now();
    const bool is_whole = rest(run.launcher_up + std::chrono::duration_cast<std::chrono::nanoseconds>(length), stop_fd);
    const energy::Window window{run.launcher_up, system::monotonic_now()};
    std::set<pid_t> spared = processes();
    spared.insert(companions.begin(), companions.end());
    end_perf(perf, Seconds(is_whole ? 3 : 0.1), spared);

    energy::IdleBaseline idle;
    std::vector<std::string> found;
    const energy::CpuEnergy cpu = state.cpu.finish(run, window);
    if (can_measure_cpu() && !cpu.total && !state.cpu.missing() && is_whole) {
        state.alerts.push_back("no CPU energy was measured on the idle machine: " + cpu.quality.reason.value_or(""));
    }
    idle.cpu_spread = cpu.spread;
    if (cpu.total) {
        idle.cpu = *cpu.total / window.length();
        found.push_back(describe_idle_cpu(idle));
    }
    if (state.gpus) {
        GpuMeter::Baseline gpus = state.gpus->finish_baseline(window);
        if (is_whole) {
            state.alerts.insert(state.alerts.end(), gpus.missing.begin(), gpus.missing.end());
        }
        for (std::size_t gpu = 0; gpu < gpus.idle.size(); ++gpu) {
            if (gpus.idle[gpu]) {
                found.push_back(fmt::format("GPU {} {:.1f} +- {:.1f} W", state.gpus->facts().gpus[gpu].index,
                                            gpus.idle[gpu]->mean.value(), gpus.idle[gpu]->spread.value()));
            }
        }
        idle.gpus = std::move(gpus.idle);
    }
    state.baseline = is_whole ? std::optional(std::move(idle)) : std::nullopt;
    return join(found, ", ");
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
    state.cpu.stop_watching();
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
    state_->cpu.watch(system::monotonic_now());
    state_->write_facts(start);
}

void Sensors::training_ended() {
    state_->cpu.stop_watching();
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
    if (const std::optional<std::string> outage = state_->cpu.take_outage(now)) {
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
