#pragma once

#include "mutation/sensors/cpu_energy.hpp"

#include <span>
#include <string>
#include <vector>

namespace mutation::sensors {

/// The reason if a counter showed one value from the window's start to its end.
inline constexpr const char* kDidNotMove = "the counter did not move";

/// Takes out what a counter showed while it stood still: all of it if it did not move within the window, else each
/// stretch of 3 s or more. RAPL moves about every millisecond, so a counter that stands still counts nothing.
/// `energies` are one counter's, in the order of `intervals`. Returns the reason; empty if nothing was taken out. Pure.
[[nodiscard]] std::string drop_still(std::span<const CpuInterval> intervals,
                                     std::vector<std::optional<Joules>>& energies, const energy::Window& window);

} // namespace mutation::sensors
