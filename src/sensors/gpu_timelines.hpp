#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/visible_gpus.hpp"

namespace mutation::sensors {

/// What nvidia-smi reported around the window.
[[nodiscard]] energy::GpuTimelines timelines_of(const GpuSampler& sampler, const VisibleGpus& visible,
                                                const energy::Window& window);

} // namespace mutation::sensors
