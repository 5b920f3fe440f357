#include "catch.hpp"

#include "../src/report/compare_backgrounds.hpp"
#include "made_group.hpp"
#include "mutation/stats/random.hpp"

#include <cmath>

namespace mutation::report {
namespace {

/// What a background does to ln E: always, and when the epochs are tripled.
struct Disturbance {
    double always = 0;
    double per_tripling = 0;
};

/// 24 runs at 10, 30, 90 and 270 epochs. Spread .5 %.
Group runs_at_epochs(const Disturbance& disturbance, std::uint64_t seed) {
    test::MadeGroup made;
    stats::Random random(seed);
    for (std::size_t i = 0; i < 24; ++i) {
        const auto triplings = static_cast<double>(i % 4);
        const double log_energy = 5 + .6 * triplings + disturbance.always +
                                  disturbance.per_tripling * (triplings - 1.5) + .005 * random.normal();
        made.add(i % 4, std::exp(log_energy)).values = {
            {"epochs", static_cast<std::int64_t>(10 * std::pow(3, triplings)), true}};
    }
    return made.group();
}

std::vector<Group> with_and_without(const Disturbance& disturbance) {
    std::vector<Group> groups{runs_at_epochs({}, 1), runs_at_epochs(disturbance, 2)};
    groups[1].key.background = BackgroundKey{"bert", "base", {}, false};
    for (Run& run : groups[1].runs) {
        run.key.session = "t";
    }
    return groups;
}

} // namespace

TEST_CASE("a background that costs a quarter more is found, with its interval", "[report]") {
    auto groups = with_and_without({std::log(1.25), 0});
    // Fewer of the expensive runs beside the background: the plain ratio would be wrong.
    std::erase_if(groups[1].runs, [](const Run& run) { return run.configuration == 3; });
    compare_backgrounds(groups);
    CHECK_FALSE(groups[0].background_effect);
    REQUIRE(groups[1].background_effect);
    const BackgroundEffect& effect = *groups[1].background_effect;
    REQUIRE(effect.ratio);
    CHECK(effect.ratio->value == Approx(1.25).epsilon(.004));
    CHECK(effect.ratio->interval.low < 1.25);
    CHECK(effect.ratio->interval.high > 1.25);
    CHECK(effect.p_holm < 1e-6);
    REQUIRE(effect.interactions.size() == 1);
    CHECK(effect.interactions[0].first == "epochs");
    CHECK(effect.interactions[0].p_holm > .05);
}

TEST_CASE("a background that costs more in long trainings is an interaction", "[report]") {
    auto groups = with_and_without({0, .03});
    compare_backgrounds(groups);
    const Interaction& interaction = groups[1].background_effect.value().interactions.at(0);
    CHECK(interaction.estimate == Approx(.03 / std::log(3)).epsilon(.15));
    CHECK(interaction.p_holm < .001);
    CHECK(groups[1].background_effect->p_holm > .05);
}

TEST_CASE("like runs with and without a background are compared by their means", "[report]") {
    test::MadeGroup without;
    test::MadeGroup with;
    for (const double joules : {101, 103, 99, 102, 100}) {
        without.add(0, joules);
        with.add(0, joules + 9);
    }
    for (std::size_t i = 0; i < 5; ++i) {
        with.group().runs[i].energy = Joules(std::vector<double>{108, 110, 107, 111, 109}[i]);
    }
    with.group().key.background = BackgroundKey{"bert", "base", {}, false};
    std::vector<Group> groups{with.group(), without.group()};
    compare_backgrounds(groups);
    const BackgroundEffect& effect = groups[0].background_effect.value();
    CHECK(effect.ratio->value == Approx(1.079223).epsilon(1e-6));
    CHECK(effect.ratio->interval.low == Approx(1.055703).epsilon(1e-6));
    CHECK(effect.ratio->interval.high == Approx(1.103267).epsilon(1e-6));
    CHECK(effect.p_holm == Approx(4.564e-05).epsilon(1e-3));
    CHECK(effect.interactions.empty());
}

TEST_CASE("a background is compared on the same model and machine only, and on the same energy", "[report]") {
    auto groups = with_and_without({});
    groups[0].key.machine.cpu = "another";
    compare_backgrounds(groups);
    CHECK_FALSE(groups[1].background_effect);
    groups[0].key.machine.cpu = "";
    groups[0].energy_parts = {EnergyPart::cpu};
    compare_backgrounds(groups);
    CHECK_THAT(groups[1].background_effect.value().reason.value(), Catch::Contains("different hardware"));
    groups[0].energy_parts = groups[1].energy_parts;
    groups[0].runs.clear();
    compare_backgrounds(groups);
    CHECK(groups[1].background_effect.value().reason == "one of the two groups has no analysed run");
}

TEST_CASE("a background that came with its own values has a reason and no ratio", "[report]") {
    auto groups = with_and_without({});
    for (std::size_t i = 0; i < 24; ++i) {
        groups[0].runs[i].values.push_back({"batch", std::int64_t{16}, true});
        groups[1].runs[i].values.push_back({"batch", std::int64_t{64}, true});
    }
    compare_backgrounds(groups);
    const BackgroundEffect& effect = groups[1].background_effect.value();
    CHECK_FALSE(effect.ratio);
    CHECK_THAT(effect.reason.value(), Catch::Contains("cannot be told apart"));
}

} // namespace mutation::report
