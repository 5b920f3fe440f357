#include "mutation/sensors/sensor_watch.hpp"

#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/gpu_timelines.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::sensors {

namespace {

constexpr Seconds kWatchInterval{0.02};
constexpr Seconds kWatch{2};
constexpr Seconds kWatchStartLimit{20};

/// Returns the time until every GPU had a sample; nullopt if one had none.
std::optional<Seconds> sample_for_a_while(GpuSampler& sampler, int stop_fd) {
    const MonotonicTime start = system::monotonic_now();
    sampler.start(std::nullopt);
    const bool has_samples = sampler.wait_for_first_sample(kWatchStartLimit, stop_fd);
    const MonotonicTime first = system::monotonic_now();
    sampler.wait_until_after(first + std::chrono::duration_cast<std::chrono::nanoseconds>(kWatch), 2 * kWatch, stop_fd);
    sampler.stop();
    return has_samples ? std::optional(Seconds(first - start)) : std::nullopt;
}

/// Median time between two samples of the first GPU that has any: all GPUs of one query have nearly the same time.
std::optional<Seconds> usual_spacing(const GpuSampler& sampler) {
    const auto track = std::find_if(sampler.tracks().begin(), sampler.tracks().end(),
                                    [](const GpuTrack& one) { return one.samples.size() >= 2; });
    if (track == sampler.tracks().end()) {
        return std::nullopt;
    }
    std::vector<Seconds> spacings;
    for (std::size_t i = 1; i < track->samples.size(); ++i) {
        spacings.emplace_back(track->samples[i].time - track->samples[i - 1].time);
    }
    const auto middle = spacings.begin() + static_cast<std::ptrdiff_t>(spacings.size() / 2);
    std::nth_element(spacings.begin(), middle, spacings.end());
    return *middle;
}

} // namespace

ObservedSensor observe(const std::vector<energy::PowerSample>& samples) {
    ObservedSensor observed;
    observed.samples = samples.size();
    if (samples.empty()) {
        return observed;
    }
    observed.watched = samples.back().time - samples.front().time;
    std::vector<MonotonicTime> changes;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const double step = std::abs((samples[i].power - samples[i - 1].power).value());
        if (step > 0) {
            changes.push_back(samples[i].time);
            observed.resolution = Watts(std::min(observed.resolution.value_or(Watts(step)).value(), step));
        }
    }
    if (observed.resolution) {
        observed.resolution = Watts(std::max(0.01, std::round(observed.resolution->value() * 100) / 100));
    }
    if (changes.size() >= 2) {
        observed.update = Seconds(changes.back() - changes.front()) / static_cast<double>(changes.size() - 1);
    }
    return observed;
}

SensorWatch watch_sensors(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus, Seconds interval,
                          int stop_fd) {
    SensorWatch watch;
    watch.pace.requested = interval;
    if (gpus.empty()) {
        return watch;
    }
    const SampledFields chosen =
        choose_fields(nvidia_smi, gpus, GpuSampler::wanted_fields(), {Patience().limit, stop_fd});
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        watch.gpus.push_back({gpus[i], chosen.power_fields[i], chosen.trials[i], {}, {}});
    }
    GpuSampler usual(nvidia_smi, gpus, chosen.power_fields, chosen.fields, interval);
    watch.pace.first_sample = sample_for_a_while(usual, stop_fd);
    watch.pace.spacing = usual_spacing(usual);
    watch.remark = usual.remark();
    if (!watch.pace.spacing) {
        return watch; // without samples there is nothing more to see
    }
    GpuSampler fast(nvidia_smi, gpus, chosen.power_fields, chosen.fields, kWatchInterval);
    sample_for_a_while(fast, stop_fd);
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        ObservedSensor& observed = watch.gpus[i].observed;
        observed = observe(fast.power_samples(i));
        watch.gpus[i].left_out = describe_left_out(fast, i);
        const auto& samples = fast.tracks()[i].samples;
        if (!samples.empty() && samples.back().temperature) {
            observed.temperature = Celsius(*samples.back().temperature);
        }
    }
    return watch;
}

} // namespace mutation::sensors
