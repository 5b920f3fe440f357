#pragma once

#include "mutation/energy/cpu_energy.hpp"

#include <span>
#include <string>
#include <vector>

namespace mutation::energy {

/// The reason if a counter showed one value from the window's start to its end.
inline constexpr const char* kDidNotMove = "the counter did not move";

/// Removes what a counter showed while it did not move: everything if it did not move within the window, otherwise each
/// part of 3 s or more. RAPL moves about every millisecond, so a counter that does not move counts nothing. `energies`
/// are those of one counter, in the order of `intervals`. Returns the reason if anything was removed. Pure.
std::optional<std::string> drop_still(std::span<const CpuInterval> intervals,
                                      std::vector<std::optional<Joules>>& energies, const Window& window);

/// Does this for each domain, and sets the domain's reason if it has none yet. Pure.
void drop_still_counts(CpuCounts& counts, const Window& window);

} // namespace mutation::energy
