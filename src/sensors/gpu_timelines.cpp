#include "gpu_timelines.hpp"

namespace mutation::sensors {

namespace {

std::optional<std::string> if_any(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// What was read beside the power.
void summarize_readings(const GpuSampler& sampler, std::size_t gpu, const energy::Window& window,
                        energy::GpuTimeline& timeline) {
    std::uint64_t throttle_mask = 0;
    for (const GpuSample& sample : sampler.tracks()[gpu].samples) {
        const MonotonicTime time = sampler.time_of(gpu, sample);
        const bool is_within = time >= window.start && time <= window.end;
        if (sample.temperature >= 0 && (time < window.start || !timeline.temperature_before)) {
            timeline.temperature_before = Celsius(sample.temperature);
        }
        if (is_within && sample.temperature >= 0) {
            timeline.temperature.add(Celsius(sample.temperature));
        }
        if (is_within && sample.utilization >= 0) {
            timeline.utilization.add(Percent(sample.utilization));
        }
        if (is_within && sample.clock_mhz >= 0) {
            timeline.clock_mhz.add(sample.clock_mhz);
        }
        throttle_mask |= is_within ? sample.throttle_mask : 0;
    }
    timeline.throttle_reasons = throttle_reasons(throttle_mask);
}

energy::GpuTimeline timeline_of(const GpuSampler& sampler, std::size_t gpu, const energy::Window& window) {
    const GpuInfo& info = sampler.gpus()[gpu];
    const PowerField& field = sampler.power_fields()[gpu];
    energy::GpuTimeline timeline;
    timeline.index = info.index;
    timeline.uuid = info.uuid;
    timeline.name = info.name;
    timeline.field = {field.name, field.sensor, field.accuracy, field.accuracy_source};
    timeline.power = sampler.power_samples(gpu);
    timeline.readings = sampler.tracks()[gpu].samples.size();
    const bool is_explained = timeline.readings == 0 && !sampler.remark().empty();
    if (timeline.power.empty() && !is_explained) {
        timeline.missing_power = sampler.describe_missing_power(gpu);
    } else {
        timeline.left_out = if_any(sampler.describe_left_out(gpu));
    }
    summarize_readings(sampler, gpu, window, timeline);
    return timeline;
}

} // namespace

energy::GpuTimelines timelines_of(const GpuSampler& sampler, const VisibleGpus& visible, const energy::Window& window) {
    energy::GpuTimelines timelines;
    timelines.method = "nvidia_smi";
    timelines.source = "nvidia-smi";
    timelines.sample_interval = sampler.interval();
    timelines.visibility_remark = if_any(visible.remark);
    timelines.stream_remark = if_any(sampler.remark());
    for (std::size_t gpu = 0; gpu < sampler.gpus().size(); ++gpu) {
        timelines.gpus.push_back(timeline_of(sampler, gpu, window));
        timelines.gpus.back().is_counted = visible.is_counted[gpu];
    }
    return timelines;
}

} // namespace mutation::sensors
