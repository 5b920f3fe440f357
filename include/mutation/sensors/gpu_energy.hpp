#pragma once

#include "mutation/energy/energy.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/visible_gpus.hpp"

namespace mutation::sensors {

/// What a sampler saw of an attempt -> energy over the window, per GPU and summed over those that the training can see.
/// Where less than half of the window was seen the figure is withheld. The verdict is filled without regard to
/// contamination.
[[nodiscard]] energy::GpuEnergy integrate_gpus(const GpuSampler& sampler, const VisibleGpus& visible,
                                               const energy::Window& window);

} // namespace mutation::sensors
