#include "mutation/sensors/sensors.hpp"

#include "mutation/core/text.hpp"
#include "mutation/run/training_environment.hpp"
#include "sensors_state.hpp"

#include <fmt/format.h>
#include <utility>

namespace mutation::sensors {

namespace {

/// A rule of thumb for a machine that shows nothing.
constexpr Watts kBusyCpuPower{10};

} // namespace

Sensors::Sensors(SensorSources sources) : state_(std::make_unique<State>(std::move(sources))) {}
Sensors::~Sensors() = default;

std::vector<std::string> Sensors::findings() const {
    std::vector<std::string> lines;
    const CpuSensor& cpu = state_->cpu;
    if (!cpu.method().empty()) {
        lines.push_back(fmt::format("CPU energy: {} ({})",
                                    cpu.method() == "powercap" ? "powercap" : "perf " + cpu.perf_version(),
                                    join(cpu.events(), ", ")));
    }
    if (state_->sampler) {
        for (std::size_t gpu = 0; gpu < state_->sampler->gpus().size(); ++gpu) {
            const GpuInfo& info = state_->sampler->gpus()[gpu];
            const PowerField& field = state_->sampler->power_fields()[gpu];
            const bool is_second_best = field.works && !field.remark.empty();
            lines.push_back(fmt::format("GPU {}: {} ({}), {}{} every {:.0f} ms", info.index, info.name, info.uuid,
                                        field.name, is_second_best ? " (" + field.remark + ")" : "",
                                        state_->sources.sample_interval.count() * 1000));
        }
    }
    return lines;
}

std::vector<std::string> Sensors::warnings() const {
    std::vector<std::string> lines;
    if (state_->cpu.method().empty()) {
        lines.push_back("CPU energy will not be measured: " + state_->cpu.reason());
    } else if (!state_->cpu.reason().empty()) {
        lines.push_back("CPU energy is read from powercap: " + state_->cpu.reason());
    }
    if (!state_->cpu.lack().empty()) {
        lines.push_back("CPU energy will have no total: " + state_->cpu.lack());
    }
    if (!state_->cpu.doubt().empty()) {
        lines.push_back("CPU energy may not be measured: " + state_->cpu.doubt());
    }
    if (!state_->sampler) {
        lines.push_back("GPU energy will not be measured: " + state_->gpu_reason);
        return lines;
    }
    if (!state_->gpu_remark.empty()) {
        lines.push_back("the GPUs' rows are used, though " + state_->gpu_remark);
    }
    for (std::size_t gpu = 0; gpu < state_->sampler->gpus().size(); ++gpu) {
        const PowerField& field = state_->sampler->power_fields()[gpu];
        if (!field.works) {
            lines.push_back(fmt::format("GPU {} shows no power, so its energy will be null unless that changes: {}",
                                        state_->sampler->gpus()[gpu].index, field.remark));
        }
    }
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
    if (state_->sampler) {
        for (const GpuInfo& gpu : state_->sampler->gpus()) {
            facts.gpus.push_back({gpu.index, gpu.uuid, gpu.name, gpu.persistence_mode});
            facts.gpu_driver = gpu.driver;
        }
    }
    facts.baseline = state_->baseline;
    return facts;
}

bool Sensors::can_measure() const {
    return !state_->cpu.method().empty() || state_->sampler.has_value();
}

AttemptSensors Sensors::start_attempt(const std::filesystem::path& energy, const std::vector<std::string>& environment,
                                      int stop_fd) {
    State& state = *state_;
    if (state.sampler) {
        state.visible = select_visible(state.sampler->gpus(), run::find_variable(environment, "CUDA_VISIBLE_DEVICES"),
                                       run::find_variable(environment, "CUDA_DEVICE_ORDER"));
        state.contamination.ask_for_processes(*state.sources.nvidia_smi, state.counted_uuids(), state.patience(false));
        state.driver->start(stop_fd);
        state.start_gpus(energy, kFirstSampleLimit, stop_fd);
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
    state.is_cpu_watched = false;
    state.contamination.stop();
    if (!facts.window) {
        if (state.sampler) {
            state.sampler->stop();
        }
        measurement.cpu.quality.reason = measurement.gpu.quality.reason = "the training did not start";
        return measurement;
    }
    measurement.cpu = state.cpu.finish(
        {facts.perf_spawned, facts.launcher_up, facts.perf_refused, facts.perf_crash, facts.perf_messages},
        *facts.window);
    state.finish_gpus(facts, stop_fd, measurement);
    if (state.sampler) {
        state.contamination.ask_for_processes(*state.sources.nvidia_smi, state.counted_uuids(),
                                              state.patience(facts.is_interrupted));
    }
    measurement.contamination = state.contamination.judge(facts.training_cpu_time, measurement, facts.has_background);
    state.report_absent(measurement);
    measurement.net = energy::net_energy(state.idle_levels(), measurement, facts.window->length());
    if (!measurement.cpu.package) {
        measurement.cpu_estimated = energy::EstimatedEnergy{
            kBusyCpuPower * facts.training_cpu_time,
            "CPU time of the training x 10 W a busy CPU: a rule of thumb, nothing was measured"};
    }
    return measurement;
}

void Sensors::training_started() {
    state_->cpu.read_now();
    if (state_->driver) {
        state_->driver->training_started();
    }
    state_->start_cpu_watch();
}

void Sensors::training_ended() {
    state_->is_cpu_watched = false;
    state_->cpu.read_now();
    if (state_->driver) {
        state_->driver->training_ended();
    }
}

void Sensors::add_poll_fds(std::vector<pollfd>& fds) const {
    if (state_->sampler) {
        state_->sampler->add_poll_fds(fds);
        state_->driver->add_poll_fds(fds);
    }
}

void Sensors::on_poll(const std::set<pid_t>& companions) {
    state_->cpu.on_poll(system::monotonic_now());
    state_->watch_cpu();
    if (state_->sampler) {
        state_->sampler->on_poll();
        state_->report_outage();
        state_->driver->on_poll(companions);
    }
}

std::set<pid_t> Sensors::processes() const {
    std::set<pid_t> pids;
    if (state_->sampler) {
        pids = {state_->sampler->pid(), state_->driver->pid()};
        pids.erase(-1);
    }
    return pids;
}

std::optional<Celsius> Sensors::hottest_gpu() const {
    return state_->sources.nvidia_smi && state_->sampler
               ? query_hottest(*state_->sources.nvidia_smi, state_->counted_uuids(), state_->patience(false))
               : std::nullopt;
}

std::optional<Watts> Sensors::current_cpu_power() const {
    return state_->cpu.current_power();
}

std::optional<Watts> Sensors::current_gpu_power() const {
    std::optional<Watts> sum;
    for (std::size_t gpu = 0; state_->sampler && gpu < state_->visible.is_counted.size(); ++gpu) {
        const std::optional<Watts> power =
            state_->visible.is_counted[gpu] ? state_->sampler->current_power(gpu) : std::nullopt;
        sum = power ? std::optional(sum.value_or(Watts(0)) + *power) : sum;
    }
    return sum;
}

} // namespace mutation::sensors
