#pragma once

#include "mutation/stats/random.hpp"

#include <span>
#include <vector>

namespace mutation::stats {

enum class Direction { minimise, maximise };

/// What is better in each of the two objectives.
struct Objectives {
    Direction first = Direction::minimise;
    Direction second = Direction::minimise;
};

/// A point in two objectives, or the standard deviations of one.
struct Point {
    double first = 0;
    double second = 0;
};

/// For each point whether it is on the front: no other point is at least as good in both objectives and better in one.
/// Equal points are on the front together. Takes n log n.
[[nodiscard]] std::vector<bool> pareto_front(std::span<const Point> points, const Objectives& objectives);

/// The area that is dominated by the points and dominates `reference`, in the product of the objectives' units. Points
/// that are not better than the reference in both objectives add nothing.
[[nodiscard]] double hypervolume(std::span<const Point> points, const Point& reference, const Objectives& objectives);

/// For each point the probability that it is on the front if all points were measured again: parametric bootstrap with
/// independent normal errors of these standard deviations. Throws Error (internal) if the lengths differ or there is no
/// draw.
[[nodiscard]] std::vector<double> front_probability(std::span<const Point> points,
                                                    std::span<const Point> standard_deviations,
                                                    const Objectives& objectives, const Resampling& bootstrap);

} // namespace mutation::stats
