#pragma once

#include "mutation/energy/energy.hpp"

#include <optional>
#include <vector>

namespace mutation::energy {

/// The idle machine's power, as far as it was measured.
struct IdleLevels {
    std::optional<Watts> cpu;
    std::vector<std::optional<Watts>> gpus; ///< in the order of GpuEnergy::devices
};

/// What a measurement over `length` holds above the idle machine's. The GPUs' part is that of all counted GPUs or
/// absent, never of some of them. No `idle`: no baseline was measured. Pure.
[[nodiscard]] NetEnergy net_energy(const std::optional<IdleLevels>& idle, const Measurement& measurement,
                                   Seconds length);

} // namespace mutation::energy
