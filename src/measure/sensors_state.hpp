#pragma once

#include "contamination.hpp"
#include "driver_watch.hpp"
#include "mutation/measure/cpu_sensor.hpp"
#include "mutation/measure/gpu_energy.hpp"
#include "mutation/measure/gpu_sampler.hpp"
#include "mutation/measure/gpu_usage.hpp"
#include "mutation/measure/net_energy.hpp"
#include "mutation/measure/sensors.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>

namespace mutation::measure {

/// How long a training waits for the GPUs' first samples: a driver without persistence mode takes seconds to wake.
constexpr Seconds kFirstSampleLimit{20};
/// What a sampler that failed once is given the next time.
constexpr Seconds kSecondChance{3};
/// Beyond the sensor's own delay: sampling goes on so long after the end, so that the idle level is seen.
constexpr Seconds kTail{0.5};
/// Levels before the training: so long is sampled before it starts.
constexpr Seconds kLead{0.5};

inline MonotonicTime later(MonotonicTime time, Seconds by) {
    return time + std::chrono::duration_cast<std::chrono::nanoseconds>(by);
}

/// An idle machine's power and how much it moved.
struct IdlePower {
    Watts mean;
    Watts spread; ///< standard deviation of the samples
};

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
        driver.emplace(inventory.gpus, *sources.nvidia_smi);
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

    void finish_gpus(const AttemptFacts& facts, int stop_fd, Measurement& measurement) {
        if (!sampler) {
            measurement.gpu.quality.reason = gpu_reason;
            return;
        }
        if (has_gpu_started || !sampler->tracks().front().samples.empty()) {
            const Seconds delay = sensor_delay_of_all() + kTail;
            sampler->wait_until_after(later(facts.window->end, delay), delay + kSecondChance, stop_fd);
        }
        sampler->stop();
        measurement.gpu = integrate_gpus(*sampler, visible, *facts.window);
        add_driver_findings(measurement);
        measurement.start_temperature = start_temperature();
    }

    void add_driver_findings(Measurement& measurement) {
        const std::vector<DriverFindings> findings = driver->finish();
        for (std::size_t gpu = 0; gpu < findings.size(); ++gpu) {
            GpuDeviceEnergy& device = measurement.gpu.devices[gpu];
            device.counter_energy = findings[gpu].counter_energy;
            device.used_by_training = findings[gpu].used_by_training;
            if (device.is_counted) {
                contamination.add_processes(findings[gpu].foreign);
            }
        }
        sum_counters(measurement.gpu);
        for (const std::optional<std::string>& remark :
             {describe_usage(measurement.gpu.devices), driver->take_failure()}) {
            if (remark) {
                add_reason(measurement.gpu.quality, *remark);
                measurement.remarks.push_back(*remark);
            }
        }
    }

    static void sum_counters(GpuEnergy& energy) {
        std::optional<Joules> sum(Joules(0));
        for (const GpuDeviceEnergy& device : energy.devices) {
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

    [[nodiscard]] std::optional<IdleLevels> idle_levels() const {
        if (!has_baseline) {
            return std::nullopt;
        }
        IdleLevels levels{cpu_idle, {}};
        for (const std::optional<IdlePower>& gpu : gpu_idle) {
            levels.gpus.push_back(gpu ? std::optional(gpu->mean) : std::nullopt);
        }
        return levels;
    }

    SensorSources sources;
    CpuSensor cpu;
    std::string gpu_reason;
    std::optional<GpuSampler> sampler;
    std::optional<DriverWatch> driver; ///< there if the sampler is
    VisibleGpus visible;
    bool has_gpu_started = false;
    bool has_gpu_failed = false;
    ContaminationWatch contamination;
    bool has_baseline = false;
    std::optional<Watts> cpu_idle;
    std::optional<Watts> cpu_spread;
    std::vector<std::optional<IdlePower>> gpu_idle;
};

} // namespace mutation::measure
