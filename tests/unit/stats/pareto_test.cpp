#include "catch.hpp"

#include "golden.hpp"
#include "mutation/core/error.hpp"
#include "mutation/stats/pareto.hpp"

namespace mutation::stats {
namespace {

constexpr Objectives kCheapAndAccurate{Direction::minimise, Direction::maximise};

/// Joules and accuracy.
const std::vector<Point>& runs() {
    static const std::vector<Point> points{{10, .8}, {20, .9}, {15, .7}, {20, .85}, {40, .95}, {10, .8}, {50, .95}};
    return points;
}

} // namespace

TEST_CASE("the front holds what nothing beats in both, equal points together", "[stats]") {
    CHECK(pareto_front(runs(), kCheapAndAccurate) == std::vector<bool>{true, true, false, false, true, true, false});
    CHECK(pareto_front(runs(), {Direction::maximise, Direction::maximise}) ==
          std::vector<bool>{false, false, false, false, false, false, true});
    CHECK(pareto_front({}, kCheapAndAccurate).empty());
}

TEST_CASE("the front agrees with comparing all pairs", "[stats]") {
    Random random(3);
    std::vector<Point> points;
    for (int i = 0; i < 300; ++i) {
        points.push_back({static_cast<double>(random.index(30)), static_cast<double>(random.index(30))});
    }
    const auto front = pareto_front(points, {});
    for (std::size_t i = 0; i < points.size(); ++i) {
        bool is_dominated = false;
        for (const Point& other : points) {
            is_dominated = is_dominated || (other.first <= points[i].first && other.second <= points[i].second &&
                                            (other.first < points[i].first || other.second < points[i].second));
        }
        CHECK(front[i] == !is_dominated);
    }
}

TEST_CASE("the hypervolume is the area between the front and the reference", "[stats]") {
    // Steps at 10, 20 and 40 J up to 50 J, above an accuracy of .5.
    const double expected = 10 * .3 + 20 * .4 + 10 * .45;
    CHECK(hypervolume(runs(), {50, .5}, kCheapAndAccurate) == Approx(expected));
    CHECK(hypervolume(runs(), {10, .5}, kCheapAndAccurate) == 0);
    CHECK(hypervolume({}, {50, .5}, kCheapAndAccurate) == 0);
}

TEST_CASE("the probability of the front is certain without spread and shared between like points", "[stats]") {
    const std::vector<Point> certain(runs().size());
    const auto sure = front_probability(runs(), certain, kCheapAndAccurate, {50, 1});
    CHECK(sure == Numbers{1, 1, 0, 0, 1, 1, 0});

    // Two like points with noise in one objective alone: each wins half of the time.
    const std::vector<Point> like{{10, .8}, {10, .8}};
    const std::vector<Point> spread{{1, 0}, {1, 0}};
    const auto half = front_probability(like, spread, kCheapAndAccurate, {2000, 1});
    CHECK(half[0] + half[1] == Approx(1));
    CHECK(half[0] == Approx(.5).margin(.034)); // 3 standard errors
    CHECK(half == front_probability(like, spread, kCheapAndAccurate, {2000, 1}));
    CHECK_THROWS_AS(front_probability(like, certain, kCheapAndAccurate, {10, 1}), Error);
}

} // namespace mutation::stats
