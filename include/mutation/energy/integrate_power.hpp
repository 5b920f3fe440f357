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

/// What is known of the sensor that the samples come from. Three kinds: a mean over the last second that changes every
/// 0.1 s has averaging 1 and update_interval 0.1; a reading of this moment has averaging 0 and longest_averaging 0; a
/// card that may do either has averaging 0 and longest_averaging 1.
struct PowerSensor {
    Seconds averaging{0};             ///< each reading is the mean over this time before it; 0: instantaneous
    double averaging_doubt = 0;       ///< how likely it is that the sensor does not average at all
    Seconds longest_averaging{0};     ///< the real averaging time is between 0 and this; 0: `averaging` is certain
    Seconds update_interval{0};       ///< time between two changes of the reading: it may be that old; 0: not known
    double seen_share = 1;            ///< share of the time that the sensor measures (25 of 100 ms: 0.25)
    Watts resolution{0.01};           ///< of the last digit
    Seconds stamp_resolution{0.001};  ///< stamps of 0.1 s and coarser are cut off, not rounded
    std::optional<Watts> idle_before; ///< level just before the window; nullopt: estimated from samples
    std::optional<Watts> idle_after;  ///< level just after it
};

/// For this time after a moment, readings may still include it. Sampling goes on for this time after a training's end.
[[nodiscard]] inline Seconds sensor_delay(const PowerSensor& sensor) {
    return sensor.averaging + sensor.update_interval;
}

/// An integral with what is known of its error.
struct PowerIntegral {
    Joules energy;
    Joules uncertainty;      ///< the true integral is within +- this of `energy`, designed for 98 %
    Percent coverage;        ///< share of the window that was measured
    Seconds longest_gap{0};  ///< longest bridged stretch of the window; 0: none
    std::size_t samples = 0; ///< within the window; samples of one time count once
    Watts mean;              ///< energy over time
    Seconds averaging{0};    ///< the averaging time that was assumed
};

/// Integrates by the trapezoid rule over the window and corrects the sensor's delay at both ends. Samples may be in any
/// order. Samples of one time are replaced by their mean. Samples near the window, outside of it, show the power before
/// and after: pass them too. Gaps (a spacing over 3 times the median and over 1 s), and the time before the first
/// sample and after the last, are bridged and reduce the coverage. If the readings jump faster than a mean over the
/// sensor's averaging time can, the sensor does not average; if this is not clear, the bound covers both cases. A power
/// that is negative or not a number is ignored. nullopt: no usable sample, or a window without length. For several GPUs
/// add the integrals and the bounds: the GPUs of one training change together, and so do their errors. Pure.
[[nodiscard]] std::optional<PowerIntegral> integrate_power(std::span<const PowerSample> samples, const Window& window,
                                                           const PowerSensor& sensor);

} // namespace mutation::energy
