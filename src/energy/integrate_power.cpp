#include "mutation/energy/integrate_power.hpp"

#include "mutation/energy/power_bound.hpp"
#include "mutation/energy/power_curve.hpp"
#include "sensor_lag.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace mutation::energy {

namespace {

/// Stamps that are coarser than this are cut off. They are moved by half of their resolution, to their average time.
constexpr double kCoarseStamp = 0.1;
/// So many readings on each side of the window, or so many seconds of them, show the power there.
constexpr std::size_t kContextReadings = 3;
constexpr double kContextSeconds = 0.5;
/// A jump is a step that the training caused if it is this much higher than its neighbours ...
constexpr double kStepContrast = 5;
constexpr std::size_t kStepNeighbours = 2;
/// ... and than the last digit.
constexpr double kStepDigits = 10;

std::vector<CurvePoint> ordered_readings(std::span<const PowerSample> samples, const Window& window,
                                         const PowerSensor& sensor) {
    const double stamp = sensor.stamp_resolution.count();
    const double shift = stamp >= kCoarseStamp ? stamp / 2 : 0;
    std::vector<CurvePoint> readings;
    readings.reserve(samples.size());
    for (const PowerSample& sample : samples) {
        const double power = sample.power.value();
        if (std::isfinite(power) && power >= 0) {
            readings.push_back({Seconds(sample.time - window.start).count() + shift, power});
        }
    }
    std::stable_sort(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return readings;
}

/// Readings of one time become one, their mean.
std::vector<CurvePoint> merge_doubled(const std::vector<CurvePoint>& readings) {
    std::vector<CurvePoint> merged;
    merged.reserve(readings.size());
    for (auto first = readings.begin(); first != readings.end();) {
        double sum = 0;
        auto last = first;
        for (; last != readings.end() && last->time <= first->time; ++last) {
            sum += last->power;
        }
        merged.push_back({first->time, sum / static_cast<double>(last - first)});
        first = last;
    }
    return merged;
}

/// Keeps the readings between two times, and enough on each side to know the power there.
std::vector<CurvePoint> keep_near(std::vector<CurvePoint> readings, double from, double to, double context) {
    const auto is_before = [](const CurvePoint& point, double time) { return point.time < time; };
    const auto position = [&](double time) {
        return std::lower_bound(readings.begin(), readings.end(), time, is_before) - readings.begin();
    };
    constexpr auto kFew = static_cast<std::ptrdiff_t>(kContextReadings);
    const auto size = static_cast<std::ptrdiff_t>(readings.size());
    const auto begin = std::max<std::ptrdiff_t>(0, std::min(position(from) - kFew, position(from - context)));
    const auto end = std::min(size, std::max(position(to) + kFew, position(to + context)));
    return {readings.begin() + begin, readings.begin() + end};
}

/// The jump between the two readings around `time`, if it is a clear step, which a training's start or end causes.
/// nullopt: the power does not change at that time.
std::optional<PinnedStep> find_step(const std::vector<CurvePoint>& readings, double time, double limit,
                                    double resolution) {
    const auto right = std::lower_bound(readings.begin(), readings.end(), time,
                                        [](const CurvePoint& point, double t) { return point.time < t; });
    if (right == readings.begin() || right == readings.end() || right->time <= time) {
        return std::nullopt;
    }
    const auto cell = static_cast<std::size_t>(right - readings.begin()) - 1;
    const auto jump = [&](std::size_t i) { return std::abs(readings[i + 1].power - readings[i].power); };
    const std::size_t first = cell >= kStepNeighbours ? cell - kStepNeighbours : 0;
    const std::size_t last = std::min(cell + kStepNeighbours, readings.size() - 2);
    double beside = 0;
    for (std::size_t i = first; i <= last; ++i) {
        beside = i == cell ? beside : std::max(beside, jump(i));
    }
    const bool has_both_sides = first < cell && last > cell;
    const bool stands_out = jump(cell) > kStepContrast * beside && jump(cell) > kStepDigits * resolution;
    const bool is_gap = right->time - readings[cell].time > limit;
    return has_both_sides && stands_out && !is_gap ? std::optional(PinnedStep{cell, time}) : std::nullopt;
}

/// The readings of a window, and how the parts without readings are filled.
class WindowReadings {
public:
    WindowReadings(std::vector<CurvePoint> readings, double length, const PowerSensor& sensor)
        : delay_(sensor_delay(sensor).count()), limit_(gap_limit(readings)) {
        evidence_.readings = std::move(readings);
        evidence_.length = length;
        evidence_.end = length + delay_;
        // A reading is on average half of the delay old, whether it is a mean over it or of an unknown age within it.
        evidence_.lead = delay_ / 2;
        evidence_.tail = delay_ / 2;
        pin_steps(sensor);
        find_idle_levels(sensor);
    }

    [[nodiscard]] const PowerEvidence& evidence() const { return evidence_; }

    /// The readings with all gaps bridged.
    [[nodiscard]] PowerCurve bridged_curve() const {
        std::vector<CurvePoint> points = evidence_.readings;
        for (auto step = evidence_.pinned.rbegin(); step != evidence_.pinned.rend(); ++step) {
            const double before = evidence_.readings[step->cell].power;
            const double after = evidence_.readings[step->cell + 1].power;
            const auto place = points.begin() + static_cast<std::ptrdiff_t>(step->cell) + 1;
            points.insert(place, {{step->time, before}, {step->time, after}});
        }
        bridge_edges(points);
        return PowerCurve(std::move(points));
    }

    /// Lengths of the window's parts that are not between two close readings, in seconds.
    [[nodiscard]] std::vector<double> bridged_stretches() const {
        const auto& readings = evidence_.readings;
        const double length = evidence_.length;
        std::vector<double> stretches{std::clamp(readings.front().time, 0.0, length),
                                      std::clamp(length - readings.back().time, 0.0, length)};
        for (std::size_t i = 0; i + 1 < readings.size(); ++i) {
            if (readings[i + 1].time - readings[i].time > limit_) {
                const double inside = std::min(readings[i + 1].time, length) - std::max(readings[i].time, 0.0);
                stretches.push_back(std::max(0.0, inside));
            }
        }
        return stretches;
    }

private:
    void pin_steps(const PowerSensor& sensor) {
        for (const double edge : {0.0, evidence_.length}) {
            const auto step = find_step(evidence_.readings, edge + delay_ / 2, limit_, sensor.resolution.value());
            if (step && (evidence_.pinned.empty() || evidence_.pinned.back().cell < step->cell)) {
                evidence_.pinned.push_back(*step);
            }
        }
    }

    /// The level is the known one; else a reading that shows nothing else; else the nearest reading, with which the
    /// curve is level there.
    void find_idle_levels(const PowerSensor& sensor) {
        const auto& readings = evidence_.readings;
        const auto inside = std::find_if(readings.begin(), readings.end(), [](const auto& r) { return r.time > 0; });
        const auto outside =
            std::find_if(readings.begin(), readings.end(), [&](const auto& r) { return r.time >= evidence_.end; });
        evidence_.is_idle_before_known = sensor.idle_before.has_value() || inside != readings.begin();
        evidence_.is_idle_after_known = sensor.idle_after.has_value() || outside != readings.end();
        const double before = inside != readings.begin() ? (inside - 1)->power : inside->power;
        const double after = outside != readings.end() ? outside->power : readings.back().power;
        evidence_.age_before = inside != readings.begin() ? -(inside - 1)->time : 0;
        evidence_.age_after = outside != readings.end() ? outside->time - evidence_.end : 0;
        evidence_.idle_before = sensor.idle_before ? sensor.idle_before->value() : before;
        evidence_.idle_after = sensor.idle_after ? sensor.idle_after->value() : after;
    }

    /// If readings are missing at an edge: a delayed sensor would have shown the known idle level there. Otherwise the
    /// nearest reading is used, or for a gap the mean of all readings.
    void bridge_edges(std::vector<CurvePoint>& points) const {
        const CurvePoint first = points.front();
        const CurvePoint last = points.back();
        const double mean = mean_power();
        if (first.time > limit_) {
            points.insert(points.begin(), {{0, mean}, {first.time, mean}});
        } else if (first.time > 0 && delay_ > 0 && evidence_.is_idle_before_known) {
            points.insert(points.begin(), {0, evidence_.idle_before});
        }
        if (evidence_.end - last.time > limit_ + delay_) {
            points.insert(points.end(), {{last.time, mean}, {evidence_.end, mean}});
        } else if (last.time < evidence_.end && delay_ > 0 && evidence_.is_idle_after_known) {
            points.push_back({evidence_.end, evidence_.idle_after});
        }
    }

    [[nodiscard]] double mean_power() const {
        const CurvePoint& first = evidence_.readings.front();
        const CurvePoint& last = evidence_.readings.back();
        const double from = std::max(first.time, 0.0);
        const double to = std::min(last.time, evidence_.length);
        return to > from ? PowerCurve(evidence_.readings).energy(from, to) / (to - from) : first.power;
    }

    PowerEvidence evidence_;
    double delay_; ///< seconds
    double limit_; ///< seconds
};

/// The energy of the window and the delay after it, minus the idle power that the delay adds at both ends.
double energy_of(const PowerCurve& curve, const PowerEvidence& evidence) {
    const double idle = evidence.lead * evidence.idle_before + evidence.tail * evidence.idle_after;
    return std::max(0.0, curve.energy(0, evidence.end) - idle);
}

std::size_t count_within(const PowerEvidence& evidence) {
    return static_cast<std::size_t>(
        std::count_if(evidence.readings.begin(), evidence.readings.end(),
                      [&](const CurvePoint& reading) { return reading.time >= 0 && reading.time <= evidence.length; }));
}

PowerIntegral integrate_readings(std::vector<CurvePoint> readings, double length, const PowerSensor& sensor) {
    const double delay = sensor_delay(sensor).count();
    readings = keep_near(std::move(readings), 0, length + delay, sensor.averaging.count() + kContextSeconds);
    const WindowReadings within(std::move(readings), length, sensor);
    const PowerCurve curve = within.bridged_curve();

    PowerIntegral integral;
    integral.energy = Joules(energy_of(curve, within.evidence()));
    integral.uncertainty = Joules(bound_energy_error(within.evidence(), sensor));
    integral.mean = integral.energy / Seconds(length);
    integral.averaging = sensor.averaging;
    double bridged = 0;
    for (const double stretch : within.bridged_stretches()) {
        bridged += stretch;
        integral.longest_gap = std::max(integral.longest_gap, Seconds(stretch));
    }
    integral.coverage = Percent(100 * std::max(0.0, 1 - bridged / length));
    integral.samples = count_within(within.evidence());
    return integral;
}

/// The bound of a figure if `likely` is right, or `other` with a chance of `doubt`.
Joules bound_of_either(const PowerIntegral& likely, const PowerIntegral& other, double doubt) {
    const double apart = kBoundDeviations * (likely.energy - other.energy).value();
    const double squares = (1 - doubt) * likely.uncertainty.value() * likely.uncertainty.value() +
                           doubt * (other.uncertainty.value() * other.uncertainty.value() + apart * apart);
    return std::max(likely.uncertainty, Joules(std::sqrt(squares)));
}

} // namespace

std::optional<PowerIntegral> integrate_power(std::span<const PowerSample> samples, const Window& window,
                                             const PowerSensor& sensor) {
    const double length = window.length().count();
    const std::vector<CurvePoint> readings = merge_doubled(ordered_readings(samples, window, sensor));
    if (readings.empty() || length <= 0) {
        return std::nullopt;
    }
    PowerSensor momentary = sensor;
    momentary.averaging = Seconds(0);
    if (sensor.averaging > Seconds(0) && jumps_as_no_mean_can(readings, sensor.averaging, sensor.update_interval)) {
        return integrate_readings(readings, length, momentary);
    }
    PowerIntegral integral = integrate_readings(readings, length, sensor);
    if (sensor.averaging_doubt > 0 && !lags_behind_end(readings, length, sensor)) {
        const PowerIntegral other = integrate_readings(readings, length, momentary);
        integral.uncertainty = bound_of_either(integral, other, sensor.averaging_doubt);
    }
    return integral;
}

} // namespace mutation::energy
