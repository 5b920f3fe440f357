#pragma once

#include "mutation/energy/integrate_power.hpp"
#include "mutation/energy/power_curve.hpp"

#include <vector>

namespace mutation::energy {

/// A bound in deviations: two-sided 98 % of a normal sum.
inline constexpr double kBoundDeviations = 2.33;

/// A step of the power that was placed at the training's start or end.
struct PinnedStep {
    std::size_t cell = 0; ///< between readings `cell` and `cell + 1`
    double time = 0;      ///< its place, seconds since the window's start
};

/// What the bound of an integral is computed from. Times are seconds since the window's start, at 0.
struct PowerEvidence {
    std::vector<CurvePoint> readings; ///< in order of time, those within and a few on each side
    std::vector<PinnedStep> pinned;
    double length = 0;      ///< of the window
    double end = 0;         ///< of the time that is integrated: the window and the sensor's delay
    double lead = 0;        ///< how long idle power counts in the readings after the window's start ...
    double tail = 0;        ///< ... and after its end
    double idle_before = 0; ///< the level that was subtracted for `lead` ...
    double idle_after = 0;  ///< ... and for `tail`
    double age_before = 0;  ///< seconds between the window's start and the reading of the level before ...
    double age_after = 0;   ///< ... and between its end and the reading of the level after
    bool is_idle_before_known = false;
    bool is_idle_after_known = false;
};

/// Joules by which the true integral may be above or below the figure, designed for 98 %. docs/MEASUREMENT.md has the
/// derivation. Pure.
[[nodiscard]] double bound_energy_error(const PowerEvidence& evidence, const PowerSensor& sensor);

} // namespace mutation::energy
