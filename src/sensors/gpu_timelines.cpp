#include "mutation/sensors/gpu_timelines.hpp"

#include "mutation/core/excerpt.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/nvidia_smi.hpp"

#include <fmt/format.h>
#include <vector>

namespace mutation::sensors {

namespace {

/// Why a GPU has no power though it was sampled, or that it was not.
std::string describe_missing_power(const GpuSampler& sampler, std::size_t gpu) {
    const GpuTrack& track = sampler.tracks()[gpu];
    const int index = sampler.gpus()[gpu].index;
    const std::string field = fmt::format("{} of GPU {}", sampler.power_fields()[gpu].name, index);
    if (track.samples.empty()) {
        return fmt::format("there is no sample of GPU {}: {}", index, sampler.describe_silence());
    }
    if (track.zero_readings > 0 && !track.unread && track.excessive_readings == 0) {
        return field + " was 0 W throughout, so nothing was measured";
    }
    const std::optional<std::string> left_out = describe_left_out(sampler, gpu);
    if (!track.unread) {
        return left_out.value_or("");
    }
    return fmt::format("{} was \"{}\"{}", field, make_excerpt(*track.unread, track.unread->size()),
                       left_out ? "; " + *left_out : "");
}

/// What was read beside the power.
void summarize_readings(const GpuSampler& sampler, std::size_t gpu, const energy::Window& window,
                        energy::GpuTimeline& timeline) {
    std::uint64_t throttle_mask = 0;
    for (const GpuSample& sample : sampler.tracks()[gpu].samples) {
        const MonotonicTime time = sample.time;
        if (sample.temperature && (time < window.start || !timeline.temperature_before)) {
            timeline.temperature_before = Celsius(*sample.temperature);
        }
        if (time < window.start || time > window.end) {
            continue;
        }
        if (sample.temperature) {
            timeline.temperature.add(Celsius(*sample.temperature));
        }
        if (sample.utilization) {
            timeline.utilization.add(Percent(*sample.utilization));
        }
        if (sample.clock_mhz) {
            timeline.clock_mhz.add(*sample.clock_mhz);
        }
        throttle_mask |= sample.throttle_mask;
    }
    timeline.throttle_reasons = throttle_reasons(throttle_mask);
}

energy::GpuTimeline timeline_of(const GpuSampler& sampler, std::size_t gpu, const energy::Window& window) {
    const GpuInfo& info = sampler.gpus()[gpu];
    energy::GpuTimeline timeline;
    timeline.index = info.index;
    timeline.uuid = info.uuid;
    timeline.name = info.name;
    timeline.field = sampler.power_fields()[gpu];
    timeline.power = sampler.power_samples(gpu);
    timeline.readings = sampler.tracks()[gpu].samples.size();
    const bool is_explained = timeline.readings == 0 && sampler.remark();
    if (timeline.power.empty() && !is_explained) {
        timeline.missing_power = describe_missing_power(sampler, gpu);
    } else {
        timeline.left_out = describe_left_out(sampler, gpu);
    }
    summarize_readings(sampler, gpu, window, timeline);
    return timeline;
}

} // namespace

std::optional<std::string> describe_left_out(const GpuSampler& sampler, std::size_t gpu) {
    const GpuTrack& track = sampler.tracks()[gpu];
    std::vector<std::string> parts;
    if (track.zero_readings > 0) {
        parts.push_back(fmt::format("{} readings of 0 W", track.zero_readings));
    }
    if (track.excessive_readings > 0) {
        const std::optional<Watts> limit = sampler.gpus()[gpu].power_limit;
        parts.push_back(fmt::format("{} readings far above {}", track.excessive_readings,
                                    limit ? fmt::format("its limit of {:.0f} W", limit->value()) : "any card's limit"));
    }
    if (parts.empty()) {
        return std::nullopt;
    }
    return fmt::format("GPU {}: {} were left out", sampler.gpus()[gpu].index, join(parts, " and "));
}

energy::GpuTimelines timelines_of(const GpuSampler& sampler, const energy::Window& window) {
    energy::GpuTimelines timelines;
    timelines.stream_remark = sampler.remark();
    for (std::size_t gpu = 0; gpu < sampler.gpus().size(); ++gpu) {
        timelines.gpus.push_back(timeline_of(sampler, gpu, window));
    }
    return timelines;
}

} // namespace mutation::sensors
