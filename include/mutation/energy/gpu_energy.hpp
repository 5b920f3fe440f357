#pragma once

#include "mutation/energy/energy.hpp"
#include "mutation/energy/gpu_timeline.hpp"

namespace mutation::energy {

/// Energy over the window, for each GPU and summed over those that the training can see. The figure is withheld if less
/// than half of the window was seen. The verdict is filled, but knows nothing of contamination. Pure.
[[nodiscard]] GpuEnergy integrate_gpus(const GpuTimelines& timelines, const Window& window);

/// Temperature of the hottest counted GPU just before the window; nullopt if none reported it. Pure.
[[nodiscard]] std::optional<Celsius> start_temperature(const GpuTimelines& timelines);

} // namespace mutation::energy
