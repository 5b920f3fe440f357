#pragma once

#include <optional>
#include <vector>

namespace mutation::energy {

/// One point of a power curve: seconds since the window's start, watts.
struct CurvePoint {
    double time = 0;
    double power = 0;

    bool operator==(const CurvePoint&) const = default;
};

/// Straight lines between points in order of time; level before the first and after the last. Two points of one time
/// are a vertical step.
class PowerCurve {
public:
    /// `points` in order of time, at least one.
    explicit PowerCurve(std::vector<CurvePoint> points);

    [[nodiscard]] const std::vector<CurvePoint>& points() const { return points_; }

    /// Watts at that time; on a vertical step the level before it.
    [[nodiscard]] double value_at(double time) const;

    /// Joules between two times, `from` <= `to`.
    [[nodiscard]] double energy(double from, double to) const;

private:
    [[nodiscard]] double energy_until(double time) const;

    std::vector<CurvePoint> points_;
    std::vector<double> energy_at_; ///< joules from the first point to each
};

/// Two neighbours that are farther apart than this have a gap between them: 3 times the median spacing, at least 1 s.
[[nodiscard]] double gap_limit(const std::vector<CurvePoint>& points);

/// Median spacing of neighbours; 0 for fewer than two points.
[[nodiscard]] double median_spacing(const std::vector<CurvePoint>& points);

/// Leaves out points that are closer than `spacing` to the point kept before.
[[nodiscard]] std::vector<CurvePoint> thin_readings(const std::vector<CurvePoint>& points, double spacing);

/// Variance of one reading's noise, W^2. Second differences have 6 times that; their median ignores steps and spikes.
[[nodiscard]] double noise_variance(const std::vector<CurvePoint>& points);

/// The most watts, on average over its length, that a straight bridge of `length` seconds would have missed elsewhere
/// on the curve: at places where its ends differ by at most `climb` watts, or at all places if these are too few.
/// Places with a cell longer than `longest_cell` are not used. nullopt: there are too few places.
[[nodiscard]] std::optional<double> power_missed_by_bridges(const PowerCurve& curve, double length, double longest_cell,
                                                            double climb);

} // namespace mutation::energy
