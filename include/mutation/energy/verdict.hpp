#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/quality.hpp"

#include <optional>
#include <string>

namespace mutation::energy {

/// Below this share of the window there is no figure.
constexpr Percent kLeastCoverage{50};
/// Below this share it is poor.
constexpr Percent kFullCoverage{90};

/// How far a figure can be trusted by itself: `absent` without one or below 50 % coverage; `poor` below 90 % coverage,
/// or when the bound is over 10 % of the figure; `good` when it is at most a hundredth; else `usable`.
/// ContaminationWatch judges what disturbed the run.
[[nodiscard]] Verdict judge_energy(const std::optional<Joules>& energy, const EnergyQuality& quality);

/// Why a figure is poor by itself; nullopt if it is not.
[[nodiscard]] std::optional<std::string> describe_weakness(const std::optional<Joules>& energy,
                                                           const EnergyQuality& quality);

} // namespace mutation::energy
