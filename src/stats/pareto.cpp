#include "mutation/stats/pareto.hpp"

#include "contract.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mutation::stats {

namespace {

/// A point of which less is better in both objectives.
struct Cost {
    double first = 0;
    double second = 0;
    std::size_t index = 0;
};

Cost to_cost(const Point& point, const Objectives& objectives, std::size_t index) {
    return {objectives.first == Direction::minimise ? point.first : -point.first,
            objectives.second == Direction::minimise ? point.second : -point.second, index};
}

/// Takes out what the point with the smallest sum dominates: that is most of a cloud, and the rest sorts quickly.
void drop_obvious(std::vector<Cost>& costs) {
    const auto best = std::min_element(costs.begin(), costs.end(), [](const Cost& a, const Cost& b) {
        return a.first + a.second < b.first + b.second;
    });
    if (best != costs.end()) {
        const Cost pivot = *best;
        std::erase_if(costs, [&](const Cost& cost) { return cost.first > pivot.first && cost.second > pivot.second; });
    }
}

/// The costs on the front, by rising first and falling second objective; equal ones stay together.
std::vector<Cost> front_of(std::vector<Cost> costs) {
    drop_obvious(costs);
    std::sort(costs.begin(), costs.end(), [](const Cost& a, const Cost& b) {
        return a.first < b.first || (a.first == b.first && a.second < b.second);
    });
    std::vector<Cost> front;
    for (const Cost& cost : costs) {
        const bool is_equal = !front.empty() && cost.first == front.back().first && cost.second == front.back().second;
        if (is_equal || front.empty() || cost.second < front.back().second) {
            front.push_back(cost);
        }
    }
    return front;
}

} // namespace

std::vector<bool> pareto_front(std::span<const Point> points, const Objectives& objectives) {
    std::vector<Cost> costs;
    for (std::size_t i = 0; i < points.size(); ++i) {
        costs.push_back(to_cost(points[i], objectives, i));
    }
    std::vector<bool> is_on_front(points.size(), false);
    for (const Cost& cost : front_of(std::move(costs))) {
        is_on_front[cost.index] = true;
    }
    return is_on_front;
}

double hypervolume(std::span<const Point> points, const Point& reference, const Objectives& objectives) {
    const Cost corner = to_cost(reference, objectives, 0);
    std::vector<Cost> costs;
    for (const Point& point : points) {
        const Cost cost = to_cost(point, objectives, 0);
        if (cost.first < corner.first && cost.second < corner.second) {
            costs.push_back(cost);
        }
    }
    double area = 0;
    double ceiling = corner.second;
    for (const Cost& cost : front_of(std::move(costs))) {
        area += (corner.first - cost.first) * (ceiling - cost.second);
        ceiling = cost.second;
    }
    return area;
}

std::vector<double> front_probability(std::span<const Point> points, std::span<const Point> standard_deviations,
                                      const Objectives& objectives, const Resampling& bootstrap) {
    require(points.size() == standard_deviations.size(), "stats: every point needs its standard deviations");
    require(bootstrap.draws > 0, "stats: a bootstrap needs draws");
    Random random(bootstrap.seed);
    std::vector<std::size_t> times_on_front(points.size(), 0);
    std::vector<Cost> costs(points.size());
    for (std::size_t draw = 0; draw < bootstrap.draws; ++draw) {
        for (std::size_t i = 0; i < points.size(); ++i) {
            const double first = points[i].first + standard_deviations[i].first * random.normal();
            const double second = points[i].second + standard_deviations[i].second * random.normal();
            costs[i] = to_cost({first, second}, objectives, i);
        }
        for (const Cost& cost : front_of(costs)) {
            ++times_on_front[cost.index];
        }
    }
    std::vector<double> probability;
    for (const std::size_t times : times_on_front) {
        probability.push_back(static_cast<double>(times) / static_cast<double>(bootstrap.draws));
    }
    return probability;
}

} // namespace mutation::stats
