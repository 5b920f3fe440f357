#include "analyse_pareto.hpp"

#include "cost.hpp"
#include "mutation/stats/pareto.hpp"
#include "mutation/stats/pooled_spread.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>

namespace mutation::report {

namespace {

constexpr stats::Resampling kFrontDraws{1000, 1};
/// Beyond so many standard deviations a point never changes places with another one.
constexpr double kNeverCrossed = 6;

/// One configuration: what its runs cost, and their metric.
struct Replica {
    std::vector<const Run*> runs;
    std::vector<double> costs;
    std::vector<double> metrics;
};

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<Replica> replicas_of(const Group& group, const std::vector<const Run*>& runs, const std::string& metric) {
    std::map<std::size_t, Replica> replicas;
    for (const Run* run : runs) {
        const std::optional<double> cost = cost_of(group, *run);
        const auto found = run->metrics.find(metric);
        if (cost && found != run->metrics.end() && std::isfinite(found->second)) {
            Replica& replica = replicas[run->configuration];
            replica.runs.push_back(run);
            replica.costs.push_back(*cost);
            replica.metrics.push_back(found->second);
        }
    }
    std::vector<Replica> list;
    for (auto& [configuration, replica] : replicas) {
        list.push_back(std::move(replica));
    }
    return list;
}

double pooled_sd(const std::vector<std::vector<double>>& values) {
    const auto spread = stats::pooled_spread(values);
    return spread ? spread->sd : 0;
}

/// Standard deviations of the means of each configuration.
std::vector<stats::Point> errors_of(const std::vector<Replica>& replicas, bool is_energy) {
    std::vector<std::vector<double>> log_costs;
    std::vector<std::vector<double>> metrics;
    for (const Replica& replica : replicas) {
        metrics.push_back(replica.metrics);
        log_costs.emplace_back();
        for (const double cost : replica.costs) {
            log_costs.back().push_back(std::log(cost));
        }
    }
    const double log_sd = pooled_sd(log_costs);
    const double metric_sd = pooled_sd(metrics);
    std::vector<stats::Point> errors;
    for (const Replica& replica : replicas) {
        double variance = 0;
        for (std::size_t i = 0; i < replica.runs.size(); ++i) {
            const double spread = log_sd * replica.costs[i];
            const std::optional<Joules> bound = replica.runs[i]->uncertainty;
            const double uniform = is_energy && bound ? bound->value() / std::sqrt(3.0) : 0;
            variance += spread * spread + uniform * uniform;
        }
        const auto n = static_cast<double>(replica.runs.size());
        errors.push_back({std::sqrt(variance) / n, metric_sd / std::sqrt(n)});
    }
    return errors;
}

/// A plane of points with their errors, on which less cost is better.
struct Plane {
    std::vector<stats::Point> points;
    std::vector<stats::Point> errors;
    stats::Objectives objectives;

    /// How much better the metric of a is than that of b.
    [[nodiscard]] double gain(std::size_t a, std::size_t b) const {
        const double difference = points[a].second - points[b].second;
        return objectives.second == stats::Direction::maximise ? difference : -difference;
    }
};

/// Whether a point of the front beats this one in both objectives, by more than any error.
bool is_hopeless(const Plane& plane, std::size_t point, const std::vector<std::size_t>& front) {
    return std::any_of(front.begin(), front.end(), [&](std::size_t best) {
        const double saving = plane.points[point].first - plane.points[best].first;
        const stats::Point& a = plane.errors[point];
        const stats::Point& b = plane.errors[best];
        return saving > kNeverCrossed * (a.first + b.first) &&
               plane.gain(best, point) > kNeverCrossed * (a.second + b.second);
    });
}

/// Draws only among points that can be on the front: the others change nothing.
void add_probabilities(Pareto& pareto, const Plane& plane, const std::vector<std::size_t>& front) {
    std::vector<std::size_t> candidates;
    std::vector<stats::Point> points;
    std::vector<stats::Point> errors;
    for (std::size_t i = 0; i < plane.points.size(); ++i) {
        if (!is_hopeless(plane, i, front)) {
            candidates.push_back(i);
            points.push_back(plane.points[i]);
            errors.push_back(plane.errors[i]);
        }
    }
    const std::vector<double> probabilities = stats::front_probability(points, errors, plane.objectives, kFrontDraws);
    for (std::size_t k = 0; k < candidates.size(); ++k) {
        pareto.points[candidates[k]].front_probability = probabilities[k];
    }
}

/// What the next better point of the front costs more, per unit of the metric. `front` is ordered by cost.
void add_prices(Pareto& pareto, const Plane& plane, const std::vector<std::size_t>& front) {
    for (std::size_t i = 0; i < front.size(); ++i) {
        const auto next = std::find_if(front.begin() + static_cast<std::ptrdiff_t>(i) + 1, front.end(),
                                       [&](std::size_t other) { return plane.gain(other, front[i]) > 0; });
        if (next != front.end()) {
            pareto.points[front[i]].cost_per_point =
                (plane.points[*next].first - plane.points[front[i]].first) / plane.gain(*next, front[i]);
        }
    }
}

/// The best of the front, and the cheapest that is nearly as good.
void add_saving(Pareto& pareto, const Plane& plane, const std::vector<std::size_t>& front) {
    const double margin = nearness_of(pareto).margin * (1 + 1e-9);
    pareto.best = *std::min_element(front.begin(), front.end(), [&](std::size_t a, std::size_t b) {
        return plane.gain(a, b) > 0 || (plane.gain(a, b) == 0 && plane.points[a].first < plane.points[b].first);
    });
    pareto.cheapest_near_best = *std::find_if(
        front.begin(), front.end(), [&](std::size_t point) { return plane.gain(*pareto.best, point) <= margin; });
    pareto.saving_percent =
        100 * (1 - plane.points[*pareto.cheapest_near_best].first / plane.points[*pareto.best].first);
}

/// The worst cost and the worst metric of all points.
stats::Interval worst_of(const Plane& plane) {
    stats::Interval worst{plane.points.front().first, plane.points.front().second};
    for (std::size_t i = 0; i < plane.points.size(); ++i) {
        worst.low = std::max(worst.low, plane.points[i].first);
        const double metric = plane.points[i].second;
        worst.high = plane.objectives.second == stats::Direction::maximise ? std::min(worst.high, metric)
                                                                           : std::max(worst.high, metric);
    }
    return worst;
}

void add_front(Pareto& pareto, const Plane& plane) {
    const std::vector<bool> is_on_front = stats::pareto_front(plane.points, plane.objectives);
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < is_on_front.size(); ++i) {
        pareto.points[i].is_on_front = is_on_front[i];
        if (is_on_front[i]) {
            front.push_back(i);
        }
    }
    std::stable_sort(front.begin(), front.end(),
                     [&](std::size_t a, std::size_t b) { return plane.points[a].first < plane.points[b].first; });
    add_probabilities(pareto, plane, front);
    add_prices(pareto, plane, front);
    add_saving(pareto, plane, front);
    pareto.reference = worst_of(plane);
    pareto.hypervolume =
        stats::hypervolume(plane.points, {pareto.reference->low, pareto.reference->high}, plane.objectives);
}

Pareto analyse_metric(const Group& group, const std::vector<const Run*>& runs, const std::string& metric,
                      std::optional<bool> higher_is_better) {
    Pareto pareto;
    pareto.metric = metric;
    pareto.cost = group.cost_name();
    pareto.higher_is_better = higher_is_better;
    const std::vector<Replica> replicas = replicas_of(group, runs, metric);
    Plane plane;
    for (const Replica& replica : replicas) {
        ParetoPoint point;
        for (const Run* run : replica.runs) {
            point.runs.push_back(run->key);
        }
        point.cost = mean_of(replica.costs);
        point.metric = mean_of(replica.metrics);
        plane.points.push_back({point.cost, point.metric});
        pareto.points.push_back(std::move(point));
    }
    if (replicas.empty()) {
        pareto.reason = fmt::format("no analysed run has a value of {}", metric);
    } else if (!higher_is_better) {
        pareto.reason =
            fmt::format("it is not known whether a higher {0} is better; add \"higher_is_better\" to {0} in "
                        "the repository's file of settings/repos, and make the report again",
                        metric);
    } else {
        plane.errors = errors_of(replicas, !group.energy_parts.empty());
        plane.objectives = {stats::Direction::minimise,
                            *higher_is_better ? stats::Direction::maximise : stats::Direction::minimise};
        add_front(pareto, plane);
    }
    return pareto;
}

} // namespace

Nearness nearness_of(const Pareto& pareto) {
    if (pareto.points.empty()) {
        return {};
    }
    const auto [low, high] =
        std::minmax_element(pareto.points.begin(), pareto.points.end(),
                            [](const ParetoPoint& a, const ParetoPoint& b) { return a.metric < b.metric; });
    if (low->metric >= 0 && high->metric <= 1) {
        return {.01, true};
    }
    if (low->metric >= 0 && high->metric <= 100 && high->metric > 20 && pareto.higher_is_better.value_or(false)) {
        return {1, true};
    }
    return {.01 * (high->metric - low->metric), false};
}

std::vector<Pareto> analyse_pareto(const Group& group, const std::vector<const Run*>& analysed) {
    std::vector<Pareto> all;
    for (const auto& [metric, higher_is_better] : group.metrics) {
        all.push_back(analyse_metric(group, analysed, metric, higher_is_better));
    }
    return all;
}

} // namespace mutation::report
