#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/gpu_sampler.hpp"

#include <optional>
#include <string>

namespace mutation::sensors {

/// What nvidia-smi reported around the window. Which GPUs are counted, and what NVML knows, is left open.
[[nodiscard]] energy::GpuTimelines timelines_of(const GpuSampler& sampler, const energy::Window& window);

/// Readings of a GPU that are none: of 0 W, or far above the card's limit; nullopt if there were none.
[[nodiscard]] std::optional<std::string> describe_left_out(const GpuSampler& sampler, std::size_t gpu);

} // namespace mutation::sensors
