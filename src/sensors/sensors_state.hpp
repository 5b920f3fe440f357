#pragma once

#include "contamination.hpp"
#include "driver_watch.hpp"
#include "gpu_timelines.hpp"
#include "mutation/energy/gpu_energy.hpp"
#include "mutation/energy/net_energy.hpp"
#include "mutation/sensors/cpu_sensor.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/gpu_usage.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::sensors {

/// How long a training waits for the GPUs' first samples: a driver without persistence mode takes seconds to wake.
constexpr Seconds kFirstSampleLimit{20};
/// What a sampler that failed once is given the next time, and what a baseline waits: it lasts long enough for more.
constexpr Seconds kSecondChance{3};
/// What a program that is asked once, and a sampler that is silent, get when the user has interrupted the session.
constexpr Seconds kInterruptedPatience{1};
/// Beyond the sensor's own delay: sampling goes on so long after the end, so that the idle level is seen.
constexpr Seconds kTail{0.5};
/// Levels before the training: so long is sampled before it starts.
constexpr Seconds kLead{0.5};

/// Between two looks at whether the CPU's counters move, one a second, and how long they may show nothing.
constexpr Seconds kCpuLook{1};
constexpr Seconds kCpuSilence{5};

inline MonotonicTime later(MonotonicTime time, Seconds by) {
    return time + std::chrono::duration_cast<std::chrono::nanoseconds>(by);
}

struct Sensors::State {
    explicit State(SensorSources given) : sources(std::move(given)), cpu(sources.perf, sources.sysfs, sources.stop_fd) {
        find_gpus();
    }

    [[nodiscard]] Patience patience(bool is_interrupted) const {
        return {is_interrupted ? kInterruptedPatience : Patience().limit, sources.stop_fd};
    }

    void find_gpus() {
        if (!sources.nvidia_smi) {
            gpu_reason = "nvidia-smi is not on PATH; on a machine with an NVIDIA GPU install its driver's utilities";
            return;
        }
        GpuInventory inventory = query_gpus(*sources.nvidia_smi, patience(false));
        if (inventory.gpus.empty()) {
            gpu_reason = inventory.reason;
            return;
        }
        gpu_remark = inventory.remark;
        SampledFields chosen =
            choose_fields(*sources.nvidia_smi, inventory.gpus, GpuSampler::wanted_fields(), patience(false));
        driver.emplace(inventory.gpus, *sources.nvidia_smi);
        sampler.emplace(*sources.nvidia_smi, std::move(inventory.gpus), std::move(chosen.power_fields),
                        std::move(chosen.fields), sources.sample_interval);
    }

    [[nodiscard]] Seconds sensor_delay_of_all() const {
        Seconds delay{0};
        for (const PowerField& field : sampler->power_fields()) {
            delay = std::max(delay, energy::sensor_delay(field.sensor));
        }
        return delay;
    }

    /// Starts the sampler and waits until it delivers, at most for `limit`.
    void start_gpus(const std::filesystem::path& folder, Seconds limit, int stop_fd) {
        sampler->start(folder);
        is_outage_told = false;
        has_gpu_started = sampler->wait_for_first_sample(has_gpu_failed ? kSecondChance : limit, stop_fd);
        has_gpu_failed = !has_gpu_started;
        if (has_gpu_started) {
            sampler->wait_until_after(later(system::monotonic_now(), kLead), kSecondChance, stop_fd);
        }
    }

    [[nodiscard]] std::set<std::string> counted_uuids() const {
        std::set<std::string> uuids;
        for (std::size_t gpu = 0; gpu < visible.is_counted.size(); ++gpu) {
            if (visible.is_counted[gpu]) {
                const GpuInfo& info = sampler->gpus()[gpu];
                uuids.insert(info.uuid);
                uuids.insert(info.mig_uuids.begin(), info.mig_uuids.end());
            }
        }
        return uuids;
    }

    /// To be reported once an attempt, as soon as it is known.
    void report_outage() {
        if (sampler && !is_outage_told && sampler->is_silent()) {
            is_outage_told = true;
            alerts.push_back("the GPUs are not sampled at the moment: " + sampler->describe_silence());
        }
    }

    /// Counters that deliver nothing for some seconds of a training are reported once an attempt.
    void watch_cpu() {
        const MonotonicTime now = system::monotonic_now();
        if (!is_cpu_watched || cpu.method().empty() || !cpu.lack().empty() || now - cpu_looked < kCpuLook) {
            return;
        }
        cpu_looked = now;
        if (cpu.current_power()) {
            cpu_seen = now;
        } else if (!is_cpu_outage_told && now - cpu_seen > kCpuSilence) {
            is_cpu_outage_told = true;
            alerts.push_back(fmt::format("{} delivers no CPU energy, or counters that do not move",
                                         cpu.method() == "powercap" ? "powercap" : "perf"));
        }
    }

    void start_cpu_watch() {
        is_cpu_watched = true;
        is_cpu_outage_told = false;
        cpu_looked = cpu_seen = system::monotonic_now();
    }

    /// After a baseline: a GPU that showed no power is reported before the first training.
    void report_idle_gpus() {
        has_gpu_failed = has_gpu_failed && sampler->is_without_sample(); // a driver that slept woke up meanwhile
        for (std::size_t gpu = 0; gpu < sampler->gpus().size(); ++gpu) {
            if (sampler->power_samples(gpu).empty()) {
                alerts.push_back(fmt::format("GPU {} delivered no power while the idle machine was measured: {}",
                                             sampler->gpus()[gpu].index, sampler->describe_missing_power(gpu)));
            }
        }
    }

    /// What a training should have a figure of, and has none.
    void report_absent(const energy::Measurement& measurement) {
        const auto report = [this](const char* sensor, const energy::EnergyQuality& quality) {
            alerts.push_back(
                fmt::format("no {} energy was measured: {}", sensor, quality.reason.value_or("no reason")));
        };
        const bool is_cpu_missing = !measurement.cpu.package || (!measurement.cpu.total && cpu.lack().empty());
        if (!cpu.method().empty() && is_cpu_missing) {
            report("CPU", measurement.cpu.quality);
        }
        if (sampler && !counted_uuids().empty() && !measurement.gpu.energy) {
            report("GPU", measurement.gpu.quality);
        }
    }

    void finish_gpus(const AttemptFacts& facts, int stop_fd, energy::Measurement& measurement) {
        if (!sampler) {
            measurement.gpu.quality.reason = gpu_reason;
            return;
        }
        if (has_gpu_started || !sampler->tracks().front().samples.empty()) {
            const Seconds delay = sensor_delay_of_all() + kTail;
            const Seconds chance = facts.is_interrupted ? kInterruptedPatience : kSecondChance;
            sampler->wait_until_after(later(facts.window->end, delay), delay + chance, stop_fd);
        }
        sampler->stop();
        energy::GpuTimelines timelines = timelines_of(*sampler, visible, *facts.window);
        add_driver_findings(timelines, *facts.window);
        measurement.gpu = energy::integrate_gpus(timelines, *facts.window);
        add_usage_remarks(measurement);
        measurement.start_temperature = start_temperature();
    }

    void add_driver_findings(energy::GpuTimelines& timelines, const energy::Window& window) {
        const std::vector<DriverFindings> findings = driver->finish();
        for (std::size_t gpu = 0; gpu < findings.size(); ++gpu) {
            energy::GpuTimeline& timeline = timelines.gpus[gpu];
            if (findings[gpu].counter_energy) {
                timeline.counter_start = {window.start, Joules(0)};
                timeline.counter_end = {window.end, *findings[gpu].counter_energy};
            }
            timeline.used_by_training = findings[gpu].used_by_training;
            if (timeline.is_counted) {
                contamination.add_processes(findings[gpu].foreign);
            }
        }
    }

    void add_usage_remarks(energy::Measurement& measurement) {
        for (const std::optional<std::string>& remark :
             {describe_usage(measurement.gpu.devices), driver->take_failure()}) {
            if (remark) {
                energy::add_reason(measurement.gpu.quality, *remark);
                measurement.remarks.push_back(*remark);
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

    [[nodiscard]] std::optional<energy::IdleLevels> idle_levels() const {
        if (!baseline) {
            return std::nullopt;
        }
        energy::IdleLevels levels{baseline->cpu, {}};
        for (const std::optional<energy::IdlePower>& gpu : baseline->gpus) {
            levels.gpus.push_back(gpu ? std::optional(gpu->mean) : std::nullopt);
        }
        return levels;
    }

    SensorSources sources;
    CpuSensor cpu;
    std::string gpu_reason;
    std::string gpu_remark; ///< what nvidia-smi said beside its list of GPUs
    std::optional<GpuSampler> sampler;
    std::optional<DriverWatch> driver; ///< there if the sampler is
    VisibleGpus visible;
    bool has_gpu_started = false;
    bool has_gpu_failed = false;
    bool is_outage_told = false; ///< in this attempt
    bool is_cpu_watched = false; ///< while a training runs
    bool is_cpu_outage_told = false;
    MonotonicTime cpu_looked{};
    MonotonicTime cpu_seen{}; ///< when the counters last showed a power, or the training began
    std::vector<std::string> alerts;
    ContaminationWatch contamination;
    std::optional<energy::IdleBaseline> baseline;
};

} // namespace mutation::sensors
