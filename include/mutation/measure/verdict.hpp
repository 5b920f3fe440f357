#pragma once

#include "mutation/core/units.hpp"
#include "mutation/measure/quality.hpp"

#include <optional>

namespace mutation::measure {

/// Below this share of the window a figure is withheld.
constexpr Percent kLeastCoverage{50};

/// How far a figure can be trusted: `absent` without one or below 50 % coverage; `poor` below 90 % coverage, when
/// something else disturbed the machine, or when the bound is over a tenth of the figure; `good` when it is at most a
/// hundredth; else `usable`.
[[nodiscard]] Verdict judge_energy(const std::optional<Joules>& energy, const EnergyQuality& quality,
                                   bool is_disturbed);

} // namespace mutation::measure
