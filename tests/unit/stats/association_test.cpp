#include "catch.hpp"

#include "golden.hpp"
#include "mutation/core/error.hpp"
#include "mutation/stats/association.hpp"
#include "mutation/stats/theil_sen.hpp"

namespace mutation::stats {

TEST_CASE("Spearman's rho agrees with scipy", "[stats]") {
    const auto expected = load_golden("association")["spearman"];
    const auto found = spearman(expected["inputs"].get<Columns>(), expected["outcome"].get<Numbers>(), {200, 1});
    REQUIRE(found.size() == expected["rho"].size());
    for (std::size_t j = 0; j < found.size(); ++j) {
        check_agrees(found[j]->estimate, expected["rho"][j]);
    }
    CHECK(found[0]->permutation_p == 1.0 / 201); // the outcome follows from the first input
    CHECK(found[3]->permutation_p > 1.0 / 201);
}

TEST_CASE("permutation p comes close to that of all permutations", "[stats]") {
    // All 5! orders of 1..5: |rho| of at least .9 in 10 of 120 (rho = 1 in 1, .9 in 4, and as many below 0).
    const auto found = spearman({{1, 2, 3, 4, 5}}, Numbers{1, 2, 3, 5, 4}, {20'000, 7});
    CHECK(found[0]->estimate == Approx(.9));
    CHECK(found[0]->permutation_p == Approx(10.0 / 120).margin(.006)); // 3 standard errors
    const auto slope = permuted_slope(Numbers{1, 2, 3, 4, 5}, Numbers{10, 20, 30, 50, 40}, {20'000, 7});
    CHECK(slope->estimate == Approx(9));
    CHECK(slope->permutation_p == Approx(10.0 / 120).margin(.006));
}

TEST_CASE("the same seed gives the same permutation p, and a constant has none", "[stats]") {
    const Columns inputs{{1, 2, 3, 4, 5, 6}, {2, 2, 2, 2, 2, 2}};
    const Numbers outcome{2, 1, 4, 3, 6, 5};
    const auto first = spearman(inputs, outcome, {500, 3});
    CHECK(first[0]->permutation_p == spearman(inputs, outcome, {500, 3})[0]->permutation_p);
    CHECK_FALSE(first[1]);
    CHECK_FALSE(spearman(inputs, inputs[1], {500, 3})[0]);
    CHECK_FALSE(permuted_slope(inputs[1], outcome, {500, 3}));
    CHECK_FALSE(permuted_slope(Numbers{}, Numbers{}, {500, 3}));
    CHECK_THROWS_AS(spearman(inputs, Numbers{1}, {500, 3}), Error);
}

TEST_CASE("several outcomes see the permutations that each of them would see alone", "[stats]") {
    const Columns inputs{{1, 2, 3, 4, 5, 6}, {2, 1, 2, 1, 3, 1}};
    const Columns outcomes{{1, 3, 2, 5, 4, 6}, {7, 7, 7, 7, 7, 7}, {4, 1, 3, 2, 9, 0}};
    const auto found = spearman_of_each(inputs, outcomes, {500, 3});
    REQUIRE(found.size() == 3);
    for (std::size_t k = 0; k < outcomes.size(); ++k) {
        const auto alone = spearman(inputs, outcomes[k], {500, 3});
        for (std::size_t j = 0; j < inputs.size(); ++j) {
            REQUIRE(found[k][j].has_value() == alone[j].has_value());
            CHECK(found[k][j].has_value() == (k != 1)); // the second outcome is constant
            if (alone[j]) {
                CHECK(found[k][j]->estimate == alone[j]->estimate);
                CHECK(found[k][j]->permutation_p == alone[j]->permutation_p);
            }
        }
    }
}

TEST_CASE("the line through the median slope agrees with scipy", "[stats]") {
    const auto golden = load_golden("association");
    for (const auto& expected : golden["theil_sen"]) {
        const auto line = theil_sen(expected["x"].get<Numbers>(), expected["y"].get<Numbers>());
        REQUIRE(line);
        check_agrees(line->slope, expected["slope"]);
        check_agrees(line->intercept, expected["intercept"]);
        check_agrees(line->interval.low, expected["ci95"][0]);
        check_agrees(line->interval.high, expected["ci95"][1]);
    }
    CHECK(theil_sen(Numbers{1, 1}, Numbers{1, 2}).refusal().reason == "a slope needs two different inputs");
    const Numbers many(kMostTheilSenPoints + 1, 1);
    CHECK_FALSE(theil_sen(many, many));
    CHECK(theil_sen(Numbers{1, 2}, Numbers{3, 5})->slope == 2);
}

} // namespace mutation::stats
