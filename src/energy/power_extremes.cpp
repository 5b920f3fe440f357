#include "power_extremes.hpp"

#include "mutation/energy/power_curve.hpp"

#include <algorithm>
#include <iterator>

namespace mutation::energy {

namespace {

/// A mean and a reading that differ by less are the same.
constexpr Watts kLastDigit{0.01};

/// Readings that show the training alone: those within the window, and of them, if there are any, those from when the
/// sensor no longer shows the time before.
std::vector<CurvePoint> readings_of_training(const std::vector<PowerSample>& samples, const Window& window,
                                             Seconds delay) {
    std::vector<CurvePoint> within;
    for (const PowerSample& sample : samples) {
        if (sample.time >= window.start && sample.time <= window.end) {
            within.push_back({Seconds(sample.time - window.start).count(), sample.power.value()});
        }
    }
    std::sort(within.begin(), within.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    std::vector<CurvePoint> pure;
    std::copy_if(within.begin(), within.end(), std::back_inserter(pure),
                 [&](const CurvePoint& reading) { return reading.time >= delay.count(); });
    return pure.empty() ? within : pure;
}

} // namespace

PowerExtremes extremes_of_sum(const std::vector<std::vector<PowerSample>>& tracks, const Window& window, Seconds delay,
                              Watts mean) {
    std::vector<PowerCurve> curves;
    for (const std::vector<PowerSample>& track : tracks) {
        std::vector<CurvePoint> readings = readings_of_training(track, window, delay);
        if (readings.empty()) {
            return {mean, mean};
        }
        curves.emplace_back(std::move(readings));
    }
    Watts max = mean;
    Watts min = mean;
    bool is_first = true;
    for (const CurvePoint& moment : curves.front().points()) {
        double watts = 0;
        for (const PowerCurve& curve : curves) {
            watts += curve.value_at(moment.time);
        }
        max = is_first ? Watts(watts) : std::max(max, Watts(watts));
        min = is_first ? Watts(watts) : std::min(min, Watts(watts));
        is_first = false;
    }
    // A power is at least once no more than its mean, and at least once no less.
    return {mean - max > kLastDigit ? mean : max, min - mean > kLastDigit ? mean : min};
}

} // namespace mutation::energy
