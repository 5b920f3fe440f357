#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/quality.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace mutation::energy {

/// One reading of one power sensor.
struct PowerSample {
    MonotonicTime time;
    Watts power;
};

/// What is known of the sensor that the samples come from.
struct PowerSensor {
    Seconds averaging{0};             ///< each reading is the mean over this long before it; 0: instantaneous
    double averaging_doubt = 0;       ///< how likely it is that the sensor does not average at all
    Seconds longest_averaging{0};     ///< it may really average over anything from 0 to this; 0: `averaging` is certain
    Seconds update_interval{0};       ///< how often the reading changes: it may be as old as that; 0: not known
    double seen_share = 1;            ///< share of the time that the sensor looks at (25 of 100 ms: 0.25)
    Watts resolution{0.01};           ///< of the last digit
    Seconds stamp_resolution{0.001};  ///< stamps of 0.1 s and coarser count as cut off, not rounded
    std::optional<Watts> idle_before; ///< level just before the window, where known; none: taken from the samples
    std::optional<Watts> idle_after;  ///< level just after it
};

/// How long after a moment the sensor may still speak of it. Sampling goes on for as long after a training's end.
[[nodiscard]] inline Seconds sensor_delay(const PowerSensor& sensor) {
    return sensor.averaging + sensor.update_interval;
}

/// An integral with what is known of its error.
struct PowerIntegral {
    Joules energy;
    Joules uncertainty;      ///< the true integral lies within +- of `energy`; designed for 98 %
    Percent coverage;        ///< share of the window that is not bridged
    Seconds longest_gap{0};  ///< longest bridged stretch of the window; 0: none
    std::size_t samples = 0; ///< that lie within the window, doubled ones once
    Watts mean;              ///< energy over time
    Seconds averaging{0};    ///< what the readings were taken to be means over
};

/// Trapezoid over real timestamps, clipped to the window, the sensor's delay undone at both ends. Samples are in any
/// order, may be doubled (one time: their mean), may lie outside the window (those near it tell what was before and
/// after: hand them in). Gaps (a spacing over 3 times the median and over 1 s) are bridged and count against coverage,
/// as does what lies before the first sample and after the last. Readings that jump as no mean over the sensor's
/// averaging time could are taken as they are; where that cannot be told, the bound holds the doubt. A power that is
/// negative or no number is no sample. No value: no usable sample, or a window of no length. Several GPUs: integrals
/// and their bounds add up, since one training's GPUs keep step and so do their errors. Pure.
[[nodiscard]] std::optional<PowerIntegral> integrate_power(std::span<const PowerSample> samples, const Window& window,
                                                           const PowerSensor& sensor);

} // namespace mutation::energy
