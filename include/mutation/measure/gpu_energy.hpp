#pragma once

#include "mutation/measure/energy.hpp"
#include "mutation/measure/gpu_sampler.hpp"
#include "mutation/measure/visible_gpus.hpp"

namespace mutation::measure {

/// What a sampler saw of an attempt -> energy over the window, per GPU and summed over those that the training can see.
/// Where less than half of the window was seen the figure is withheld. The verdict is filled without regard to
/// contamination.
[[nodiscard]] GpuEnergy integrate_gpus(const GpuSampler& sampler, const VisibleGpus& visible, const Window& window);

} // namespace mutation::measure
