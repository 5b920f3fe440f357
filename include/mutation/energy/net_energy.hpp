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

/// The energy of a measurement over `length` minus that of the idle machine. The GPUs' part is that of all counted GPUs
/// or absent, never of some of them. `idle` is nullopt if no baseline was measured. Pure.
[[nodiscard]] NetEnergy net_energy(const std::optional<IdleLevels>& idle, const Measurement& measurement,
                                   Seconds length);

} // namespace mutation::energy
