#include "catch.hpp"

#include "../src/stats/distributions.hpp"
#include "golden.hpp"
#include "mutation/stats/t_test_power.hpp"

#include <cmath>

namespace mutation::stats {

TEST_CASE("power agrees with scipy and R", "[stats]") {
    const auto golden = load_golden("power");
    for (const auto& expected : golden["power"]) {
        check_agrees(t_test_power(expected[0], expected[1], expected[2]), expected[3]);
    }
    check_agrees(t_test_power(2, 18), load_golden("r")["power"]["power_18_2"][0]);
    // The published value is that of the upper tail alone.
    CHECK(noncentral_t_upper(t_quantile(.975, 18), 18, 2) == Approx(.47330904).margin(5e-9));
}

TEST_CASE("the smallest detectable ratio agrees with statsmodels, R and the published table", "[stats]") {
    const auto golden = load_golden("power");
    for (const auto& expected : golden["ratio"]) {
        check_agrees(smallest_detectable_ratio(expected[0], expected[1].get<std::size_t>()), expected[2]);
    }
    const auto r = load_golden("r")["power"];
    for (std::size_t i = 0; i < r["runs"].size(); ++i) {
        check_agrees(smallest_detectable_ratio(.02, r["runs"][i].get<std::size_t>()), r["ratio"][i]);
    }
    const auto percent = [](double sd, std::size_t n) { return 100 * (smallest_detectable_ratio(sd, n) - 1); };
    CHECK(percent(.02, 3) == Approx(6.3).margin(.05));
    CHECK(percent(.02, 5) == Approx(4.1).margin(.05));
    CHECK(percent(.02, 10) == Approx(2.7).margin(.05));
    CHECK(percent(.02, 20) == Approx(1.8).margin(.05));
    CHECK(percent(.05, 5) == Approx(10.7).margin(.05));
}

TEST_CASE("the needed runs agree with statsmodels", "[stats]") {
    const auto golden = load_golden("power");
    for (const auto& expected : golden["needed"]) {
        CHECK(needed_runs(expected[0], expected[1]) == expected[2].get<std::size_t>());
    }
    CHECK_FALSE(needed_runs(.02, 1));
    CHECK_FALSE(needed_runs(.02, 1.00001));
    CHECK(needed_runs(.02, 1.05) == needed_runs(.02, 1 / 1.05));
}

TEST_CASE("the smallest detectable shift and the needed pairs agree with scipy", "[stats]") {
    // scipy 1.17.1: the noncentrality of stats.nct for which both tails have .8.
    check_agrees(smallest_detectable_shift({0, 1, 2}), 5.653489266197127);
    check_agrees(smallest_detectable_shift({0, 1, 4}), 3.7610595538250204);
    check_agrees(smallest_detectable_shift({7, .5, 7.9539}), 3.2036482115613567 / 2);
    check_agrees(smallest_detectable_shift({0, 1, 30}), 2.8953583001531955);
    CHECK(smallest_detectable_shift({0, .02 * std::sqrt(2 / 5.0), 8}) ==
          Approx(std::log(smallest_detectable_ratio(.02, 5))).epsilon(1e-12));
    CHECK(needed_pairs(.02, .05) == 4U);
    CHECK(needed_pairs(.05, -.05) == 10U);
    CHECK(needed_pairs(.1, .05) == 34U);
    CHECK(needed_pairs(1, .2) == 199U);
    CHECK_FALSE(needed_pairs(1, 0));
    CHECK_FALSE(needed_pairs(1, 1e-6));
}

TEST_CASE("power holds far outside the usual range", "[stats]") {
    for (const double noncentrality : {20.0, 100.0, 400.0}) {
        CHECK(t_test_power(noncentrality, 8) == Approx(1));
        CHECK(t_test_power(-noncentrality, 2000) == Approx(1));
    }
    CHECK(t_test_power(0, 3) == Approx(.05).epsilon(1e-12));
}

} // namespace mutation::stats
