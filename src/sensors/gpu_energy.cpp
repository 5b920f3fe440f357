#include "mutation/sensors/gpu_energy.hpp"

#include "gpu_timelines.hpp"
#include "mutation/energy/gpu_energy.hpp"

namespace mutation::sensors {

energy::GpuEnergy integrate_gpus(const GpuSampler& sampler, const VisibleGpus& visible, const energy::Window& window) {
    return energy::integrate_gpus(timelines_of(sampler, visible, window), window);
}

} // namespace mutation::sensors
