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
    std::optional<Seconds> update;      ///< mean time between changes; nullopt: it changed less than twice
    std::optional<Watts> resolution;    ///< least difference between two readings
    std::optional<Celsius> temperature; ///< newest
};

/// A GPU and what its sensor did.
struct WatchedGpu {
    GpuInfo info;
    energy::PowerField field;
    FieldTrial trial;
    ObservedSensor observed;
    std::optional<std::string> left_out; ///< impossible readings, see describe_left_out
};

/// How fast nvidia-smi delivers the samples that a training needs.
struct SamplerPace {
    Seconds requested{0};
    std::optional<Seconds> spacing;      ///< median time between two samples; nullopt: there were fewer than two
    std::optional<Seconds> first_sample; ///< until every GPU had a sample; nullopt: not within 20 s
};

struct SensorWatch {
    SamplerPace pace;
    std::vector<WatchedGpu> gpus;
    std::optional<std::string> remark; ///< what went wrong, in nvidia-smi's words
};

/// Samples every `interval` for two seconds, as for a training; then for two seconds as fast as nvidia-smi can, to see
/// how often the sensors change. Ends early when `stop_fd` is readable.
[[nodiscard]] SensorWatch watch_sensors(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus,
                                        Seconds interval, int stop_fd = -1);

/// What a series of readings shows of its sensor. Pure.
[[nodiscard]] ObservedSensor observe(const std::vector<energy::PowerSample>& samples);

} // namespace mutation::sensors
