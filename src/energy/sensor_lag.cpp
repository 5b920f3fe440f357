#include "sensor_lag.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace mutation::energy {

namespace {

/// A card draws at most this many times its highest reading for less time than its sensor averages over.
constexpr double kHighestPeak = 1.5;

/// A fall at the end counts if it is at least this share of the power before it, and if the power moved by at most
/// this share of the fall before the end.
constexpr double kLeastFall = 0.1;
constexpr double kStillBefore = 0.3;
/// What is left of the fall, on average over the averaging time, if the sensor averages: a half for a steady load. More
/// is left if the power falls ever faster.
constexpr double kLeastLeft = 0.2;
constexpr double kMostLeft = 0.57;

/// No known sensor holds a reading for longer.
constexpr Seconds kLongestUpdate{0.1};

/// A fall is over if the last third of what was seen after it moves by at most this share of it.
constexpr double kStillAfter = 0.1;
/// Differences of two readings up to this many deviations are noise.
constexpr double kNoiseDeviations = 3;
/// For so many seconds before the end the power must have been steady.
constexpr double kSteadyBefore = 0.3;

/// Mean lag, seconds, as the fall at the training's end shows it; nullopt if there is no clear fall.
std::optional<double> lag_of_fall(const PowerEvidence& evidence, double noise) {
    const PowerCurve curve(evidence.readings);
    const double from = evidence.length;
    const double to = evidence.readings.back().time;
    if (to <= evidence.end) {
        return std::nullopt;
    }
    const double after = curve.value_at(to);
    const double at_end = curve.value_at(from);
    const double fall = at_end - after;
    const double before = std::abs(at_end - curve.value_at(from - kSteadyBefore));
    const double rest = std::abs(curve.value_at(to - (to - from) / 3) - after);
    if (fall < kLeastFall * at_end || fall < 2 * kNoiseDeviations * noise || before > kStillBefore * fall ||
        rest > kStillAfter * fall) {
        return std::nullopt;
    }
    return (curve.energy(from, to) - after * (to - from)) / fall;
}

/// By how many seconds the real lag may differ from the assumed one.
double lag_doubt(const PowerEvidence& evidence, const PowerSensor& sensor, double noise) {
    const double update = sensor.update_interval.count();
    const double spacing = median_spacing(evidence.readings);
    const double lag = evidence.lead;
    // A mean lags half of its length, and a reading that is held until the next is older by up to one update.
    const Seconds longest = sensor.longest_averaging / 2 + std::max(sensor.update_interval, kLongestUpdate);
    double doubt = std::max(lag, longest.count() - lag);
    if (jumps_as_no_mean_can(evidence.readings, sensor.longest_averaging,
                             std::max(sensor.update_interval, kLongestUpdate))) {
        doubt = std::min(doubt, std::max(lag, spacing + update - lag));
    }
    if (const auto seen = lag_of_fall(evidence, noise)) {
        doubt = std::min(doubt, std::abs(*seen - lag) + (update + spacing) / 2);
    }
    return doubt;
}

/// Levels at the window's two ends: outside it, or inside it if the step between them has a known place.
struct EndLevels {
    double start;
    double end;
};

EndLevels end_levels(const PowerEvidence& evidence) {
    EndLevels levels{evidence.idle_before, evidence.idle_after};
    const PowerCurve curve(evidence.readings);
    const double at_end = curve.value_at(evidence.length);
    const double last = evidence.readings.back().power;
    if (std::abs(levels.end - last) > kStillAfter * std::abs(at_end - last) &&
        std::abs(at_end - levels.start) > std::abs(levels.end - levels.start)) {
        levels.end = at_end; // the power still moves after the sensor's delay, so the real lag may be longer
    }
    for (const PinnedStep& step : evidence.pinned) {
        if (step.time < evidence.length) {
            levels.start = evidence.readings[step.cell + 1].power;
        } else {
            levels.end = evidence.readings[step.cell].power;
        }
    }
    return levels;
}

} // namespace

bool jumps_as_no_mean_can(const std::vector<CurvePoint>& readings, Seconds averaging, Seconds update) {
    const auto highest = std::max_element(readings.begin(), readings.end(),
                                          [](const auto& a, const auto& b) { return a.power < b.power; });
    const auto jump = [&](std::size_t i) { return std::abs(readings[i].power - readings[i - 1].power); };
    for (std::size_t i = 2; i + 1 < readings.size(); ++i) {
        // All of the change must have come in within the time that a reading may be newer than the one before.
        const double newer = readings[i].time - readings[i - 1].time + update.count();
        const double fastest = kHighestPeak * highest->power * newer / averaging.count();
        if (jump(i) > fastest && std::max(jump(i - 1), jump(i + 1)) < jump(i) / 2) {
            return true;
        }
    }
    return false;
}

bool lags_behind_end(const std::vector<CurvePoint>& readings, double length, const PowerSensor& sensor) {
    const double averaging = sensor.averaging.count();
    const double last_affected = length + sensor_delay(sensor).count();
    if (readings.back().time < last_affected) {
        return false;
    }
    const PowerCurve curve(readings);
    const double after = curve.value_at(last_affected);
    const double fall = curve.value_at(length) - after;
    const double from = length + sensor.update_interval.count();
    const double to = length + averaging;
    const double left = to > from ? (curve.energy(from, to) / (to - from) - after) / fall : 0;
    const double before = curve.value_at(length) - curve.value_at(length - averaging / 2);
    return std::abs(fall) > kLeastFall * curve.value_at(length) && std::abs(before) < kStillBefore * std::abs(fall) &&
           left > kLeastLeft && left < kMostLeft;
}

double bound_lag_error(const PowerEvidence& evidence, const PowerSensor& sensor, double noise_variance) {
    if (sensor.longest_averaging <= Seconds(0)) {
        return 0;
    }
    const EndLevels levels = end_levels(evidence);
    const double rise = levels.end - levels.start;
    const double noise = 2 * kNoiseDeviations * kNoiseDeviations * noise_variance;
    return lag_doubt(evidence, sensor, std::sqrt(noise_variance)) * std::sqrt(std::max(0.0, rise * rise - noise));
}

} // namespace mutation::energy
