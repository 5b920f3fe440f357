#pragma once

#include "mutation/energy/power_bound.hpp"

#include <vector>

namespace mutation::energy {

/// Whether the power changes, and stays changed, faster than a mean over `averaging` could show. A single outlier
/// proves nothing.
[[nodiscard]] bool jumps_as_no_mean_can(const std::vector<CurvePoint>& readings, Seconds averaging, Seconds update);

/// Whether the readings go on falling after the training's end for as long as the sensor averages: the load is gone
/// with its process, so only the sensor can be that slow. If the power moved before the end already, this proves
/// nothing.
[[nodiscard]] bool lags_behind_end(const std::vector<CurvePoint>& readings, double length, const PowerSensor& sensor);

/// Joules by which the figure is wrong at most if the sensor lags more or less than its description says. On a slope
/// this error is (lag - assumed lag) x (power at the end - power at the start), the same in every run.
/// `noise_variance`: of one reading, W^2.
[[nodiscard]] double bound_lag_error(const PowerEvidence& evidence, const PowerSensor& sensor, double noise_variance);

} // namespace mutation::energy
