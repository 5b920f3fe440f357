#include "mutation/energy/power_curve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mutation::energy {

namespace {

constexpr double kGapSpacings = 3;
constexpr double kGapSeconds = 1;

/// Median of a normal quantity's size, in deviations.
constexpr double kMedianOfNormal = 0.6745;
constexpr int kPlacements = 64;
constexpr int kFewPlacements = 16;

bool is_before(const CurvePoint& point, double time) {
    return point.time < time;
}

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Whether the points between two times are close enough to show the power there.
bool is_seen(const std::vector<CurvePoint>& points, double from, double to, double longest_cell) {
    auto right = std::lower_bound(points.begin(), points.end(), from, is_before);
    for (right = right == points.begin() ? right + 1 : right; right != points.end(); ++right) {
        if (right->time - (right - 1)->time > longest_cell) {
            return false;
        }
        if (right->time >= to) {
            break;
        }
    }
    return true;
}

} // namespace

PowerCurve::PowerCurve(std::vector<CurvePoint> points) : points_(std::move(points)), energy_at_(points_.size(), 0.0) {
    for (std::size_t i = 1; i < points_.size(); ++i) {
        const double length = points_[i].time - points_[i - 1].time;
        energy_at_[i] = energy_at_[i - 1] + length * (points_[i].power + points_[i - 1].power) / 2;
    }
}

double PowerCurve::value_at(double time) const {
    const auto after = std::lower_bound(points_.begin(), points_.end(), time, is_before);
    if (after == points_.begin()) {
        return after->power;
    }
    if (after == points_.end()) {
        return points_.back().power;
    }
    const CurvePoint& left = *(after - 1);
    const double share = (time - left.time) / (after->time - left.time);
    return left.power + share * (after->power - left.power);
}

double PowerCurve::energy_until(double time) const {
    const auto after = std::lower_bound(points_.begin(), points_.end(), time, is_before);
    if (after == points_.begin()) {
        return (time - after->time) * after->power;
    }
    const auto left = after - 1;
    const double whole = energy_at_[static_cast<std::size_t>(left - points_.begin())];
    return whole + (time - left->time) * (left->power + value_at(time)) / 2;
}

double PowerCurve::energy(double from, double to) const {
    return energy_until(to) - energy_until(from);
}

double median_spacing(const std::vector<CurvePoint>& points) {
    if (points.size() < 2) {
        return 0;
    }
    std::vector<double> spacings;
    spacings.reserve(points.size() - 1);
    for (std::size_t i = 1; i < points.size(); ++i) {
        spacings.push_back(points[i].time - points[i - 1].time);
    }
    return median(spacings);
}

double gap_limit(const std::vector<CurvePoint>& points) {
    return std::max(kGapSeconds, kGapSpacings * median_spacing(points));
}

std::vector<CurvePoint> thin_readings(const std::vector<CurvePoint>& points, double spacing) {
    std::vector<CurvePoint> thinned;
    thinned.reserve(points.size());
    for (const CurvePoint& point : points) {
        if (thinned.empty() || point.time - thinned.back().time >= spacing) {
            thinned.push_back(point);
        }
    }
    return thinned;
}

double noise_variance(const std::vector<CurvePoint>& points) {
    std::vector<double> bends;
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        bends.push_back(std::abs(points[i + 1].power - 2 * points[i].power + points[i - 1].power));
    }
    if (bends.empty()) {
        return 0;
    }
    const double deviation = median(bends) / kMedianOfNormal;
    return deviation * deviation / 6;
}

std::optional<double> power_missed_by_bridges(const PowerCurve& curve, double length, double longest_cell,
                                              double climb) {
    const double first = curve.points().front().time;
    const double room = curve.points().back().time - first - length;
    double worst = 0;
    double worst_alike = 0;
    int placements = 0;
    int alike = 0;
    for (int i = 0; room > 0 && i < kPlacements; ++i) {
        const double from = first + room * (i + 0.5) / kPlacements;
        const double to = from + length;
        if (is_seen(curve.points(), from, to, longest_cell)) {
            const double left = curve.value_at(from);
            const double right = curve.value_at(to);
            const double missed = std::abs(curve.energy(from, to) / length - (left + right) / 2);
            worst = std::max(worst, missed);
            ++placements;
            if (std::abs(right - left) <= climb) {
                worst_alike = std::max(worst_alike, missed);
                ++alike;
            }
        }
    }
    if (alike >= kFewPlacements) {
        return worst_alike;
    }
    return placements >= kFewPlacements ? std::optional(worst) : std::nullopt;
}

} // namespace mutation::energy
