#include "mutation/measure/power_curve.hpp"

#include <algorithm>
#include <utility>

namespace mutation::measure {

namespace {

constexpr double kGapSpacings = 3;
constexpr double kGapSeconds = 1;

bool is_before(const CurvePoint& point, double time) {
    return point.time < time;
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
    const auto middle = spacings.begin() + static_cast<std::ptrdiff_t>(spacings.size() / 2);
    std::nth_element(spacings.begin(), middle, spacings.end());
    return *middle;
}

double gap_limit(const std::vector<CurvePoint>& points) {
    return std::max(kGapSeconds, kGapSpacings * median_spacing(points));
}

} // namespace mutation::measure
