#pragma once

#include "mutation/energy/cpu_energy.hpp"

#include <span>
#include <string>
#include <vector>

namespace mutation::energy {

/// The reason if a counter showed one value from the window's start to its end.
inline constexpr const char* kDidNotMove = "the counter did not move";

/// Takes out what a counter showed while it stood still: all of it if it did not move within the window, else each
/// stretch of 3 s or more. RAPL moves about every millisecond, so a counter that stands still counts nothing.
/// `energies` are one counter's, in the order of `intervals`. Returns the reason, if anything was taken out. Pure.
std::optional<std::string> drop_still(std::span<const CpuInterval> intervals,
                                      std::vector<std::optional<Joules>>& energies, const Window& window);

/// Does so for each domain, and puts the reason beside the domain unless there is one already. Pure.
void drop_still_counts(CpuCounts& counts, const Window& window);

} // namespace mutation::energy
