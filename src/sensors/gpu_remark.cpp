#include "mutation/core/counted.hpp"
#include "mutation/core/excerpt.hpp"
#include "mutation/core/text.hpp"
#include "mutation/sensors/gpu_sampler.hpp"

#include <fmt/format.h>

namespace mutation::sensors {

std::string GpuSampler::describe_silence() const {
    const std::string words = remark();
    return words.empty() ? "nvidia-smi runs and delivers nothing" : words;
}

std::string GpuSampler::describe_missing_power(std::size_t gpu) const {
    const GpuTrack& track = tracks_[gpu];
    const std::string field = fmt::format("{} of GPU {}", power_fields_[gpu].name, gpus_[gpu].index);
    if (track.samples.empty()) {
        return fmt::format("there is no sample of GPU {}: {}", gpus_[gpu].index, describe_silence());
    }
    if (track.zero_readings > 0 && track.unread.empty() && track.excessive_readings == 0) {
        return field + " was 0 W throughout, so nothing was measured";
    }
    const std::string left_out = describe_left_out(gpu);
    return track.unread.empty()
               ? left_out
               : fmt::format("{} was \"{}\"{}{}", field, make_excerpt(track.unread, track.unread.size()),
                             left_out.empty() ? "" : "; ", left_out);
}

std::string GpuSampler::describe_left_out(std::size_t gpu) const {
    const GpuTrack& track = tracks_[gpu];
    std::vector<std::string> parts;
    if (track.zero_readings > 0) {
        parts.push_back(fmt::format("{} readings of 0 W", track.zero_readings));
    }
    if (track.excessive_readings > 0) {
        const std::optional<Watts> limit = gpus_[gpu].power_limit;
        parts.push_back(fmt::format("{} readings far above {}", track.excessive_readings,
                                    limit ? fmt::format("its limit of {:.0f} W", limit->value()) : "any card's limit"));
    }
    return parts.empty() ? "" : fmt::format("GPU {}: {} were left out", gpus_[gpu].index, join(parts, " and "));
}

std::string GpuSampler::remark() const {
    std::vector<std::string> parts;
    if (!last_trouble_.empty()) {
        parts.push_back(last_trouble_ +
                        (restarts_ > 0 ? " (" + counted(static_cast<std::size_t>(restarts_), "restart") + ")" : ""));
    }
    if (!other_.text().empty() && last_trouble_.find(other_.text()) == std::string::npos) {
        parts.push_back("nvidia-smi also printed: " + other_.text());
    }
    if (has_lost_rows_) {
        parts.emplace_back("the CSV files could not be written whole");
    }
    return join(parts, "; ");
}

} // namespace mutation::sensors
