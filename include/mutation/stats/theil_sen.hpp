#pragma once

#include "mutation/stats/interval.hpp"
#include "mutation/stats/result.hpp"

#include <cstddef>
#include <span>

namespace mutation::stats {

struct TheilSen {
    double slope = 0;     ///< median of the slopes of all pairs; unit of y per unit of x
    Interval interval;    ///< of the slope
    double intercept = 0; ///< median(y) - slope * median(x)
};

/// The most points: their pairs take 8 bytes each.
inline constexpr std::size_t kMostTheilSenPoints = 3000;

/// Line through the median slope (Theil 1950), with the interval of Sen (1968): order statistics of the slopes by the
/// normal approximation of Kendall's S, corrected for ties. Pairs of equal x have no slope and are left out.
/// Refused with less than two distinct x or more than kMostTheilSenPoints points.
/// Throws Error (internal) if the lengths differ.
[[nodiscard]] Result<TheilSen> theil_sen(std::span<const double> x, std::span<const double> y, double level = .95);

} // namespace mutation::stats
