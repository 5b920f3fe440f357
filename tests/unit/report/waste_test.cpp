#include "catch.hpp"

#include "../src/report/measure_waste.hpp"
#include "made_group.hpp"

namespace mutation::report {
namespace {

/// Two configurations on the front, one dominated (300 J), one flagged (70 J), one failed run (50 J).
Group wasteful_group() {
    test::MadeGroup made;
    made.add(0, 100, .8);
    made.add(1, 200, .9);
    made.add(2, 300, .85);
    made.add(3, 70, .99).flags = {{{"s", "toy_4"}, "another process", FlagSource::record}};
    Run& failed = made.add(4, 0);
    failed.status = record::Status::failed;
    failed.energy.reset();
    failed.cpu_energy = Joules(20);
    failed.gpu_energy = Joules(30);
    failed.failed_energy = Joules(50);
    failed.exclusion = Exclusion{failed.key, Stage::succeeded, "exit 1"};
    Pareto pareto;
    pareto.hypervolume = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        ParetoPoint point;
        point.runs = {made.group().runs[i].key};
        point.is_on_front = i < 2;
        pareto.points.push_back(point);
    }
    made.group().analyses.pareto = {pareto};
    return made.group();
}

} // namespace

TEST_CASE("failed, dominated and flagged runs are waste, each counted once", "[report]") {
    const Waste waste = measure_waste({wasteful_group(), wasteful_group()});
    CHECK(waste.failed->value() == 100);
    CHECK(waste.dominated->value() == 600);
    CHECK(waste.flagged->value() == 140);
}

TEST_CASE("a run on the front of any metric is not dominated", "[report]") {
    Group group = wasteful_group();
    group.analyses.pareto.push_back(group.analyses.pareto[0]);
    group.analyses.pareto[1].points[2].is_on_front = true;
    CHECK(measure_waste({group}).dominated->value() == 0);
}

TEST_CASE("without energy or a front the waste is not known", "[report]") {
    Group group = wasteful_group();
    group.analyses.pareto[0].hypervolume.reset();
    CHECK_FALSE(measure_waste({group}).dominated);
    CHECK(measure_waste({group}).failed);
    group.energy_parts.clear();
    CHECK_FALSE(measure_waste({group}).failed);
    CHECK_FALSE(measure_waste({}).flagged);
}

TEST_CASE("the time between trainings is rest, a pause of hours and an unknown attempt are not", "[report]") {
    test::MadeGroup made;
    for (std::size_t i = 0; i < 5; ++i) {
        made.add(i, 100); // 600 s apart, 100 s long
    }
    CHECK(measure_waste({made.group()}).resting.count() == 2000);
    made.group().runs[2].failed_energy = Joules(1);
    CHECK(measure_waste({made.group()}).resting.count() == 1500);
    made.group().runs[4].start->epoch_seconds += 7200;
    CHECK(measure_waste({made.group()}).resting.count() == 1000);
    // A training of another group that fills a gap.
    test::MadeGroup other;
    other.add(0, 100).start->epoch_seconds = 100;
    other.group().runs[0].duration = Seconds(500);
    CHECK(measure_waste({made.group(), other.group()}).resting.count() == 500);
    other.group().runs[0].key.session = "another";
    CHECK(measure_waste({made.group(), other.group()}).resting.count() == 1000);
}

TEST_CASE("carbon and cost are of all energy, by the user's factors alone", "[report]") {
    const std::vector<Group> groups{wasteful_group()};
    CHECK_FALSE(estimate_carbon(groups, {}));
    CHECK_FALSE(estimate_carbon(groups, {{}, {}, "", 1.5}));
    const auto carbon = estimate_carbon(groups, {400, {}, "", 1.5});
    CHECK(carbon->energy.value() == Approx(720));
    CHECK(carbon->grams.value() == Approx(720 / 3.6e6 * 1.5 * 400));
    CHECK_FALSE(carbon->cost);
    const auto cost = estimate_carbon(groups, {{}, .3, "EUR", {}});
    CHECK(cost->cost.value() == Approx(720 / 3.6e6 * .3));
    CHECK_FALSE(cost->grams);
}

} // namespace mutation::report
