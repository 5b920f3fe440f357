#pragma once

#include "mutation/core/units.hpp"

#include <cstdint>
#include <optional>

namespace mutation::sensors {

/// One line of nvidia-smi about one GPU. The types are small: a day of 8 GPUs has 7 million.
struct GpuSample {
    MonotonicTime time{};
    std::uint8_t throttle_mask = 0; ///< the lower bits of nvidia-smi's: all that `throttle_reasons` names
    std::optional<std::int8_t> utilization;
    std::optional<std::int8_t> memory_utilization;
    std::optional<std::int16_t> temperature;
    std::optional<std::int16_t> memory_temperature;
    std::optional<std::int16_t> clock_mhz;
    std::optional<float> power; ///< watts
};

} // namespace mutation::sensors
