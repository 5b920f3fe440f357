#pragma once

#include "mutation/energy/cpu_energy.hpp"

namespace mutation::sensors {

/// Energy of RAPL's counters over the window, with all of its quality. Takes out of `counts` what a counter showed
/// while it stood still.
[[nodiscard]] energy::CpuEnergy rapl_energy(energy::CpuCounts& counts, const energy::Window& window);

} // namespace mutation::sensors
