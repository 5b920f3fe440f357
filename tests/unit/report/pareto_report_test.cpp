#include "catch.hpp"

#include "../src/report/analyse_pareto.hpp"
#include "made_group.hpp"

namespace mutation::report {
namespace {

/// Steps at 10, 20 and 40 J up to an accuracy of .95; 30 J are dominated.
test::MadeGroup staircase() {
    test::MadeGroup made;
    made.add(0, 40, .95);
    made.add(1, 10, .80);
    made.add(2, 30, .85);
    made.add(3, 20, .94);
    return made;
}

Pareto front_of(test::MadeGroup& made) {
    return analyse_pareto(made.group(), made.runs()).at(0);
}

} // namespace

TEST_CASE("the front, its prices and its hypervolume are those of a staircase", "[report]") {
    test::MadeGroup made = staircase();
    const Pareto pareto = front_of(made);
    REQUIRE(pareto.points.size() == 4);
    CHECK(pareto.points[0].is_on_front);
    CHECK(pareto.points[1].is_on_front);
    CHECK_FALSE(pareto.points[2].is_on_front);
    CHECK(pareto.points[3].is_on_front);
    CHECK(pareto.points[1].cost_per_point.value() == Approx(10 / .14));
    CHECK(pareto.points[3].cost_per_point.value() == Approx(20 / .01));
    CHECK_FALSE(pareto.points[0].cost_per_point);
    CHECK_FALSE(pareto.points[2].cost_per_point);
    CHECK(pareto.reference->low == 40);
    CHECK(pareto.reference->high == .80);
    CHECK(pareto.hypervolume.value() == Approx(20 * .14));
    CHECK(pareto.cost == "energy");
}

TEST_CASE("the cheapest within one point of the best saves what the best costs more", "[report]") {
    test::MadeGroup made = staircase();
    const Pareto pareto = front_of(made);
    CHECK(pareto.best == 0U);
    CHECK(pareto.cheapest_near_best == 3U);
    CHECK(pareto.saving_percent.value() == Approx(50));
}

TEST_CASE("a point is .01 of a share, 1 of a percentage, else 1 % of the range", "[report]") {
    Pareto pareto;
    pareto.higher_is_better = true;
    pareto.points.resize(2);
    pareto.points[0].metric = .2;
    pareto.points[1].metric = .9;
    CHECK(nearness_of(pareto).margin == .01);
    pareto.points[1].metric = 91;
    CHECK(nearness_of(pareto).margin == 1);
    pareto.points[1].metric = 300.2;
    CHECK(nearness_of(pareto).margin == Approx(3));
    CHECK_FALSE(nearness_of(pareto).is_point);
    pareto.points[1].metric = 50.2;
    pareto.higher_is_better = false;
    CHECK(nearness_of(pareto).margin == Approx(.5));
}

TEST_CASE("replicates of a configuration are one point, with their mean", "[report]") {
    test::MadeGroup made;
    made.add(7, 100, .8);
    made.add(5, 90, .7);
    made.add(7, 120, .9);
    const Pareto pareto = front_of(made);
    REQUIRE(pareto.points.size() == 2);
    CHECK(pareto.points[1].cost == Approx(110));
    CHECK(pareto.points[1].metric == Approx(.85));
    CHECK(pareto.points[1].runs == std::vector<RunKey>{{"s", "toy_1"}, {"s", "toy_3"}});
}

TEST_CASE("a metric of which less is better has its front below", "[report]") {
    test::MadeGroup made = staircase();
    made.group().metrics["accuracy"] = false;
    const Pareto pareto = front_of(made);
    CHECK(pareto.points[1].is_on_front);
    CHECK_FALSE(pareto.points[0].is_on_front);
    CHECK(pareto.best == 1U);
    CHECK(pareto.reference->high == .95);
    CHECK(pareto.hypervolume.value() == Approx(30 * .15));
}

TEST_CASE("without a direction there are points, no front, and the remedy", "[report]") {
    test::MadeGroup made = staircase();
    made.group().metrics["accuracy"] = std::nullopt;
    const Pareto pareto = front_of(made);
    CHECK(pareto.points.size() == 4);
    CHECK_FALSE(pareto.hypervolume);
    CHECK_FALSE(pareto.best);
    CHECK_THAT(pareto.reason.value(), Catch::Contains("add \"higher_is_better\" to accuracy"));
}

TEST_CASE("without energy the cost is the duration", "[report]") {
    test::MadeGroup made = staircase();
    made.group().energy_parts.clear();
    made.group().runs[0].duration = Seconds(10);
    const Pareto pareto = front_of(made);
    CHECK(pareto.cost == "duration");
    CHECK(pareto.points[0].cost == 10);
    CHECK_FALSE(pareto.points[3].is_on_front);
}

TEST_CASE("a metric that no run has gives a reason", "[report]") {
    test::MadeGroup made;
    made.add(0, 40);
    made.group().metrics["accuracy"] = true;
    CHECK(front_of(made).reason == "no analysed run has a value of accuracy");
    CHECK(front_of(made).points.empty());
}

TEST_CASE("two configurations that only noise separates share the front", "[report]") {
    test::MadeGroup made;
    for (const double joules : {99, 101}) {
        made.add(0, joules, .9);
        made.add(1, joules + .01, .9);
        made.add(2, 2 * joules, .9);
        made.add(3, joules / 2, .5);
    }
    const Pareto pareto = front_of(made);
    CHECK(pareto.points[0].is_on_front);
    CHECK_FALSE(pareto.points[1].is_on_front);
    CHECK(pareto.points[0].front_probability == Approx(.5).margin(.05));
    CHECK(pareto.points[1].front_probability == Approx(.5).margin(.05));
    CHECK(pareto.points[2].front_probability == 0);
    CHECK(pareto.points[3].front_probability == 1);
    CHECK(front_of(made).points[0].front_probability == pareto.points[0].front_probability);
}

TEST_CASE("the bound of the measurement error alone makes the front uncertain", "[report]") {
    test::MadeGroup made;
    made.add(0, 100, .9);
    made.add(1, 101, .9);
    CHECK(front_of(made).points[1].front_probability == 0);
    made.group().runs[0].uncertainty = Joules(5);
    made.group().runs[1].uncertainty = Joules(5);
    // The difference is 1 J with a standard deviation of 5 sqrt(2/3) J: the second wins in 40 %.
    CHECK(front_of(made).points[1].front_probability == Approx(.403).margin(.05));
}

} // namespace mutation::report
