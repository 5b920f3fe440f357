#pragma once

#include "mutation/energy/energy.hpp"

#include <string>
#include <vector>

namespace mutation::energy {

/// What was counted between two readings.
struct CpuInterval {
    MonotonicTime start;
    MonotonicTime end;
    std::optional<Joules> package; ///< none: not counted
    std::optional<Joules> ram;
    std::optional<Joules> psys;
};

/// All readings of one attempt, whatever their source.
struct CpuCounts {
    std::string method;              ///< `perf_rapl` or `powercap`
    std::vector<std::string> events; ///< what was counted
    std::vector<CpuInterval> intervals;
    Seconds start_uncertainty{0};              ///< by which all times may be wrong, in the same direction
    Joules resolution{0.01};                   ///< of one count
    bool has_ram = false;                      ///< the processor has a RAM domain, counted or not: no total without it
    std::optional<std::string> package_reason; ///< why there is no count, or not all of it, if the source knows
    std::optional<std::string> ram_reason;
    std::optional<std::string> psys_reason;
};

/// Energy over the window: whole intervals inside it, a proportional part of those at its ends, gaps bridged. The
/// quality is filled except for the verdict; its reason is about RAM alone, if RAM is missing: there is no total
/// without it. No figure if less than half of the window was counted. Pure.
[[nodiscard]] CpuEnergy integrate_cpu(const CpuCounts& counts, const Window& window);

/// Standard deviation of the power (package and RAM) of the whole intervals within the window; nullopt for fewer than
/// two.
[[nodiscard]] std::optional<Watts> power_spread(const CpuCounts& counts, const Window& window);

/// Energy of RAPL's counters over the window, with all of its quality. Removes from `counts` what a counter showed
/// while it did not move. Pure.
[[nodiscard]] CpuEnergy rapl_energy(CpuCounts& counts, const Window& window);

} // namespace mutation::energy
