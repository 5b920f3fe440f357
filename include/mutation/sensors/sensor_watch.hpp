#pragma once

#include "mutation/sensors/gpu_query.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace mutation::sensors {

/// What a power sensor did while it was watched.
struct ObservedSensor {
    std::size_t samples = 0;
    Seconds watched{0};
    std::optional<Seconds> update;      ///< mean time between changes; none: it changed less than twice
    std::optional<Watts> resolution;    ///< least difference between two readings
    std::optional<Celsius> temperature; ///< newest
};

/// A GPU with what was seen of its sensor.
struct WatchedGpu {
    GpuInfo info;
    energy::PowerField field;
    FieldTrial trial;
    ObservedSensor observed;
    std::optional<std::string> left_out; ///< impossible readings, see describe_left_out
};

/// How fast nvidia-smi delivers what a training's sampler asks of it.
struct SamplerPace {
    Seconds asked{0};
    std::optional<Seconds> spacing;      ///< median of the time between two stamps; none: fewer than two came
    std::optional<Seconds> first_sample; ///< from its start until every GPU had told something; none: not within 20 s
};

struct SensorWatch {
    SamplerPace pace;
    std::vector<WatchedGpu> gpus;
    std::optional<std::string> remark; ///< what went wrong, in nvidia-smi's words
};

/// Samples as a training's sampler does for two seconds, every `interval`; then for two seconds as fast as nvidia-smi
/// goes, to see how often the sensors change. Ends early when `stop_fd` is readable.
[[nodiscard]] SensorWatch watch_sensors(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus,
                                        Seconds interval, int stop_fd = -1);

/// Pure: what a row of readings tells.
[[nodiscard]] ObservedSensor observe(const std::vector<energy::PowerSample>& samples);

} // namespace mutation::sensors
