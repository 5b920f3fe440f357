#include "mutation/measure/sensors.hpp"

#include "contamination.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/measure/cpu_sensor.hpp"
#include "mutation/measure/gpu_energy.hpp"
#include "mutation/measure/gpu_sampler.hpp"
#include "mutation/measure/nvml.hpp"
#include "mutation/measure/verdict.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/user.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mutation::measure {

namespace {

/// How long a training waits for the GPUs' first samples: a driver without persistence mode takes seconds to wake.
constexpr Seconds kFirstSampleLimit{20};
/// What a sampler that failed once is given the next time.
constexpr Seconds kSecondChance{3};
/// Beyond the sensor's own delay: sampling goes on so long after the end, so that the idle level is seen.
constexpr Seconds kTail{0.5};
/// Levels before the training: so long is sampled before it starts.
constexpr Seconds kLead{0.5};
/// A rule of thumb for a machine that shows nothing.
constexpr Watts kBusyCpuPower{10};

MonotonicTime now() {
    return system::real_clock().monotonic();
}

MonotonicTime later(MonotonicTime time, Seconds by) {
    return time + std::chrono::duration_cast<std::chrono::nanoseconds>(by);
}

std::optional<std::string> find_variable(const std::vector<std::string>& environment, std::string_view name) {
    for (const std::string& entry : environment) {
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
            return entry.substr(name.size() + 1);
        }
    }
    return std::nullopt;
}

/// An idle machine's power and how much it moved.
struct IdlePower {
    Watts mean;
    Watts spread; ///< standard deviation of the samples
};

IdlePower idle_power(const std::vector<PowerSample>& samples) {
    double sum = 0;
    double squares = 0;
    for (const PowerSample& sample : samples) {
        sum += sample.power.value();
        squares += sample.power.value() * sample.power.value();
    }
    const auto count = static_cast<double>(samples.size());
    const double mean = sum / count;
    return {Watts(mean), Watts(std::sqrt(std::max(0.0, squares / count - mean * mean)))};
}

} // namespace

struct Sensors::State {
    explicit State(SensorSources given) : sources(std::move(given)), cpu(sources.perf, sources.sysfs) { find_gpus(); }

    void find_gpus() {
        if (!sources.nvidia_smi) {
            gpu_reason = "nvidia-smi is not on PATH; on a machine with an NVIDIA GPU install its driver's utilities";
            return;
        }
        GpuInventory inventory = query_gpus(*sources.nvidia_smi);
        if (inventory.gpus.empty()) {
            gpu_reason = inventory.reason;
            return;
        }
        std::vector<std::string> fields = known_fields(*sources.nvidia_smi, GpuSampler::wanted_fields());
        std::vector<PowerField> power_fields;
        for (const GpuInfo& gpu : inventory.gpus) {
            std::vector<std::string> offered;
            std::copy_if(fields.begin(), fields.end(), std::back_inserter(offered),
                         [](const std::string& field) { return field.starts_with("power."); });
            power_fields.push_back(choose_power_field(gpu.name, offered));
        }
        sampler.emplace(*sources.nvidia_smi, std::move(inventory.gpus), std::move(power_fields), std::move(fields),
                        sources.sample_interval);
    }

    [[nodiscard]] Seconds sensor_delay_of_all() const {
        Seconds delay{0};
        for (const PowerField& field : sampler->power_fields()) {
            delay = std::max(delay, sensor_delay(field.sensor));
        }
        return delay;
    }

    /// Starts the sampler and waits until it delivers.
    void start_gpus(const std::filesystem::path& folder, int stop_fd) {
        sampler->start(folder);
        has_gpu_started = sampler->wait_for_first_sample(has_gpu_failed ? kSecondChance : kFirstSampleLimit, stop_fd);
        has_gpu_failed = !has_gpu_started;
        if (has_gpu_started) {
            sampler->wait_until_after(later(now(), kLead), kSecondChance, stop_fd);
        }
    }

    void read_counters(std::vector<std::optional<Joules>>& counters) const {
        counters.clear();
        for (const GpuInfo& gpu : sampler->gpus()) {
            counters.push_back(nvml.energy_counter(gpu.uuid));
        }
    }

    void finish_gpus(const AttemptFacts& facts, int stop_fd, Measurement& measurement) {
        if (!sampler) {
            measurement.gpu.quality.reason = gpu_reason;
            return;
        }
        std::vector<std::optional<Joules>> counters;
        read_counters(counters);
        if (has_gpu_started || !sampler->tracks().front().samples.empty()) {
            const Seconds delay = sensor_delay_of_all() + kTail;
            sampler->wait_until_after(later(facts.window->end, delay), delay + kSecondChance, stop_fd);
        }
        sampler->stop();
        measurement.gpu = integrate_gpus(*sampler, visible, *facts.window);
        add_counters(measurement.gpu, counters);
        measurement.start_temperature = start_temperature();
    }

    void add_counters(GpuEnergy& energy, const std::vector<std::optional<Joules>>& after) const {
        std::optional<Joules> sum(Joules(0));
        for (std::size_t gpu = 0; gpu < energy.devices.size(); ++gpu) {
            GpuDeviceEnergy& device = energy.devices[gpu];
            if (counters_before[gpu] && after[gpu]) {
                device.counter_energy = *after[gpu] - *counters_before[gpu];
            }
            if (device.is_counted) {
                sum = sum && device.counter_energy ? std::optional(*sum + *device.counter_energy) : std::nullopt;
            }
        }
        if (sum && sum->value() > 0) {
            energy.quality.counter_energy = sum;
            if (energy.energy) {
                energy.quality.counter_deviation = Percent(100 * ((*energy.energy - *sum) / *sum));
            }
        }
    }

    [[nodiscard]] std::optional<Celsius> start_temperature() const {
        std::optional<Celsius> hottest;
        for (std::size_t gpu = 0; gpu < sampler->tracks().size(); ++gpu) {
            const auto& samples = sampler->tracks()[gpu].samples;
            if (visible.is_counted[gpu] && !samples.empty() && samples.front().temperature >= 0) {
                const Celsius temperature(samples.front().temperature);
                hottest = std::max(hottest.value_or(temperature), temperature);
            }
        }
        return hottest;
    }

    void add_net(const Window& window, Measurement& measurement) const {
        if (!has_baseline) {
            return;
        }
        NetEnergy net;
        net.cpu_idle = cpu_idle;
        if (cpu_idle && measurement.cpu.total) {
            net.cpu = *measurement.cpu.total - *cpu_idle * window.length();
        }
        std::optional<Watts> idle;
        for (std::size_t gpu = 0; gpu < gpu_idle.size() && gpu < visible.is_counted.size(); ++gpu) {
            if (visible.is_counted[gpu]) {
                idle = gpu_idle[gpu] ? std::optional(idle.value_or(Watts(0)) + gpu_idle[gpu]->mean) : idle;
            }
        }
        net.gpu_idle = idle;
        if (idle && measurement.gpu.energy) {
            net.gpu = *measurement.gpu.energy - *idle * window.length();
        }
        measurement.net = net;
    }

    SensorSources sources;
    CpuSensor cpu;
    std::string gpu_reason;
    std::optional<GpuSampler> sampler;
    Nvml nvml;
    VisibleGpus visible;
    bool has_gpu_started = false;
    bool has_gpu_failed = false;
    std::vector<std::optional<Joules>> counters_before;
    ContaminationWatch contamination;
    bool has_baseline = false;
    std::optional<Watts> cpu_idle;
    std::vector<std::optional<IdlePower>> gpu_idle;
};

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
            lines.push_back(fmt::format("GPU {}: {} ({}), {} every {:.0f} ms", info.index, info.name, info.uuid,
                                        state_->sampler->power_fields()[gpu].name,
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
    if (!state_->sampler) {
        lines.push_back("GPU energy will not be measured: " + state_->gpu_reason);
    }
    return lines;
}

Json Sensors::describe() const {
    Json json;
    json["perf_version"] = state_->cpu.perf_version().empty() ? Json(nullptr) : Json(state_->cpu.perf_version());
    Json gpus = Json::array();
    Json driver = nullptr;
    if (state_->sampler) {
        for (const GpuInfo& gpu : state_->sampler->gpus()) {
            gpus.push_back(Json{{"index", gpu.index},
                                {"uuid", gpu.uuid},
                                {"name", gpu.name},
                                {"persistence_mode", gpu.persistence_mode}});
            driver = gpu.driver;
        }
    }
    json["gpu_driver"] = driver;
    json["gpus"] = std::move(gpus);
    Json baseline = nullptr;
    if (state_->has_baseline) {
        Json idle = Json::array();
        for (const std::optional<IdlePower>& gpu : state_->gpu_idle) {
            idle.push_back(gpu ? Json{{"watts", gpu->mean.value()}, {"spread_watts", gpu->spread.value()}}
                               : Json(nullptr));
        }
        baseline = Json{{"cpu_watts", state_->cpu_idle ? Json(state_->cpu_idle->value()) : Json(nullptr)},
                        {"gpus", std::move(idle)}};
    }
    json["baseline"] = std::move(baseline);
    return json;
}

bool Sensors::can_measure() const {
    return !state_->cpu.method().empty() || state_->sampler.has_value();
}

std::string Sensors::measure_baseline(Seconds length, const std::filesystem::path& folder, int stop_fd) {
    system::create_directories(folder);
    State& state = *state_;
    if (state.sampler) {
        state.start_gpus(folder, stop_fd);
    }
    PerfRun run;
    run.spawned = now();
    std::vector<std::string> wrapper = state.cpu.start(folder);
    system::Child perf;
    if (!wrapper.empty()) {
        system::SpawnRequest request;
        request.argv = std::move(wrapper);
        request.argv.insert(request.argv.end(), {"sleep", fmt::format("{}", length.count())});
        request.fds = state.cpu.wrapper_fds();
        request.environment = system::plain_environment();
        const system::RootScope root;
        perf = system::spawn(request);
    }
    run.launcher_up = now();
    const MonotonicTime end = later(run.launcher_up, length);
    bool is_stopped = false;
    while (now() < end && !is_stopped) {
        std::vector<pollfd> fds{{stop_fd, POLLIN, 0}};
        add_poll_fds(fds);
        const Seconds left = end - now();
        ::poll(fds.data(), fds.size(), std::clamp(static_cast<int>(left.count() * 1000) + 1, 1, 1000));
        is_stopped = fds[0].revents != 0;
        on_poll();
    }
    const Window window{run.launcher_up, now()};
    if (perf.is_running()) {
        perf.wait_for(is_stopped ? Seconds(0.1) : Seconds(3));
        const system::RootScope root;
        perf = system::Child();
    }
    const CpuEnergy cpu = state.cpu.finish(run, window);
    state.cpu_idle = cpu.total ? std::optional(*cpu.total / window.length()) : std::nullopt;
    std::string found = cpu.total ? fmt::format("CPU {:.1f} W", state.cpu_idle->value()) : "";
    state.gpu_idle.clear();
    if (state.sampler) {
        state.sampler->stop();
        for (std::size_t gpu = 0; gpu < state.sampler->gpus().size(); ++gpu) {
            const std::vector<PowerSample> samples = state.sampler->power_samples(gpu);
            state.gpu_idle.push_back(samples.empty() ? std::nullopt : std::optional(idle_power(samples)));
            if (!samples.empty()) {
                found += fmt::format("{}GPU {} {:.1f} +- {:.1f} W", found.empty() ? "" : ", ",
                                     state.sampler->gpus()[gpu].index, state.gpu_idle.back()->mean.value(),
                                     state.gpu_idle.back()->spread.value());
            }
        }
    }
    state.has_baseline = !is_stopped;
    return found;
}

AttemptSensors Sensors::start_attempt(const std::filesystem::path& energy, const std::vector<std::string>& environment,
                                      int stop_fd) {
    State& state = *state_;
    if (state.sampler) {
        state.visible = select_visible(state.sampler->gpus(), find_variable(environment, "CUDA_VISIBLE_DEVICES"));
        state.contamination.look_at_gpus(*state.sources.nvidia_smi);
        state.start_gpus(energy, stop_fd);
        state.read_counters(state.counters_before);
    }
    AttemptSensors attempt;
    attempt.wrapper = state.cpu.start(energy);
    attempt.wrapper_fds = state.cpu.wrapper_fds();
    state.contamination.start();
    return attempt;
}

Measurement Sensors::finish_attempt(const AttemptFacts& facts, int stop_fd) {
    State& state = *state_;
    Measurement measurement;
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
        state.contamination.look_at_gpus(*state.sources.nvidia_smi);
    }
    measurement.contamination = state.contamination.judge(
        facts.training_cpu_time, measurement, state.sampler ? &*state.sampler : nullptr, facts.has_background);
    state.add_net(*facts.window, measurement);
    if (!measurement.cpu.total) {
        measurement.cpu_estimated =
            EstimatedEnergy{kBusyCpuPower * facts.training_cpu_time,
                            "CPU time of the training x 10 W a busy CPU: a rule of thumb, nothing was measured"};
    }
    return measurement;
}

void Sensors::add_poll_fds(std::vector<pollfd>& fds) const {
    if (state_->sampler) {
        state_->sampler->add_poll_fds(fds);
    }
}

void Sensors::on_poll() {
    state_->cpu.on_poll(now());
    if (state_->sampler) {
        state_->sampler->on_poll();
    }
}

std::set<pid_t> Sensors::processes() const {
    const pid_t pid = state_->sampler ? state_->sampler->pid() : -1;
    return pid > 0 ? std::set<pid_t>{pid} : std::set<pid_t>{};
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

} // namespace mutation::measure
