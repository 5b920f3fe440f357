#pragma once

#include "mutation/measure/nvidia_smi.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace mutation::measure {

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
    PowerField field;
    ObservedSensor observed;
};

/// Reads the sensors as fast as nvidia-smi goes for two seconds and sees how often they change.
[[nodiscard]] std::vector<WatchedGpu> watch_gpus(const std::filesystem::path& nvidia_smi,
                                                 const std::vector<GpuInfo>& gpus);

/// Pure: what a row of readings tells.
[[nodiscard]] ObservedSensor observe(const std::vector<PowerSample>& samples);

} // namespace mutation::measure
