#pragma once

#include "mutation/core/units.hpp"
#include "mutation/measure/quality.hpp"

#include <optional>
#include <span>

namespace mutation::measure {

/// One reading of one power sensor.
struct PowerSample {
    MonotonicTime time;
    Watts power;
};

/// What is known of the sensor that the samples come from.
struct PowerSensor {
    Seconds averaging{0};       ///< each reading is the mean over this long before it; 0: instantaneous
    Seconds update_interval{0}; ///< how often the reading changes; 0: not known
    double seen_share = 1;      ///< share of the time that the sensor looks at (25 of 100 ms: 0.25)
    Watts resolution{0.01};     ///< of the last digit
    Seconds stamp_resolution{0.001};
    std::optional<Watts> idle_before; ///< level just before the window, where known
    std::optional<Watts> idle_after;
};

/// An integral with what is known of its error.
struct PowerIntegral {
    Joules energy;
    Joules uncertainty;  ///< the true integral lies within +- of `energy`; designed for 98 %
    Percent coverage;    ///< share of the window that is not bridged
    Seconds longest_gap{0};
    std::size_t samples = 0; ///< that lie within the window
    Watts mean;          ///< energy over time
    Watts max;
    Watts min;
};

/// Trapezoid over real timestamps, clipped to the window. Samples are in any order, may be doubled, may lie outside the window. Gaps
/// (a spacing over 3 times the median and over 1 s) are bridged and count against coverage. No value: fewer than one usable
/// sample. Pure.
[[nodiscard]] std::optional<PowerIntegral> integrate_power(std::span<const PowerSample> samples, const Window& window,
                                                           const PowerSensor& sensor);

} // namespace mutation::measure
