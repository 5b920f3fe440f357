#pragma once

#include "mutation/energy/integrate_power.hpp"

#include <vector>

namespace mutation::energy {

struct PowerExtremes {
    Watts max;
    Watts min;
};

/// Largest and smallest sum of the tracks, at the moments of the first track's readings that show the training alone.
/// `delay`: how long a reading may still show the time before. `mean`: of the sum over the window; the extremes enclose
/// it.
[[nodiscard]] PowerExtremes extremes_of_sum(const std::vector<std::vector<PowerSample>>& tracks, const Window& window,
                                            Seconds delay, Watts mean);

} // namespace mutation::energy
