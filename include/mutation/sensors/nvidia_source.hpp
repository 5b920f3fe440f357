#pragma once

#include "mutation/core/units.hpp"
#include "mutation/sensors/gpu_source.hpp"

#include <filesystem>
#include <optional>

namespace mutation::sensors {

/// NVIDIA's GPUs, sampled by nvidia-smi; NVML reports the energy counters and the processes. `nvidia_smi`: none if it
/// is not installed. Asks nvidia-smi which GPUs there are and which power field each supports; that ends early when
/// `stop_fd` is readable.
[[nodiscard]] FoundGpus find_nvidia_gpus(const std::optional<std::filesystem::path>& nvidia_smi,
                                         Seconds sample_interval, int stop_fd);

} // namespace mutation::sensors
