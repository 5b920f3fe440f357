#include "catch.hpp"

#include "golden.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/holm.hpp"
#include "mutation/stats/mean_difference.hpp"
#include "mutation/stats/pooled_spread.hpp"
#include "mutation/stats/rank_tests.hpp"

namespace mutation::stats {

TEST_CASE("Welch's ratio and the equivalence test agree with scipy and statsmodels", "[stats]") {
    const auto golden = load_golden("samples");
    for (const auto& expected : golden["welch"]) {
        const auto estimate = welch_log_ratio(expected["a"].get<Numbers>(), expected["b"].get<Numbers>());
        REQUIRE(estimate);
        const Ratio ratio = to_ratio(*estimate);
        check_agrees(ratio.value, expected["ratio"]);
        check_agrees(ratio.interval.low, expected["ci95"][0]);
        check_agrees(ratio.interval.high, expected["ci95"][1]);
        check_agrees(estimate->degrees_of_freedom, expected["df"]);
        check_probability(t_p_value(*estimate), expected["p"]);
        const double margin = std::log1p(expected["margin"].get<double>());
        check_probability(tost_p_value(*estimate, {-margin, margin}), expected["tost_p"]);
    }
}

TEST_CASE("the ratio of five runs against five is the published one", "[stats]") {
    const Numbers a{101, 103, 99, 102, 100};
    const Numbers b{108, 110, 107, 111, 109};
    const auto estimate = welch_log_ratio(a, b);
    const Ratio ratio = to_ratio(*estimate);
    CHECK(ratio.value == Approx(1.079223).margin(5e-7));
    CHECK(ratio.interval.low == Approx(1.055703).margin(5e-7));
    CHECK(ratio.interval.high == Approx(1.103267).margin(5e-7));
    CHECK(estimate->degrees_of_freedom == Approx(7.9539).margin(5e-5));
    CHECK(t_p_value(*estimate) == Approx(4.564e-05).margin(5e-9));
    CHECK(tost_p_value(*estimate, {-std::log(1.1), std::log(1.1)}) == Approx(.0405).margin(5e-5));
    CHECK(mann_whitney(a, b)->p == Approx(.0079365).margin(5e-8));
    CHECK(mann_whitney(a, b)->cliffs_delta == 1);
    CHECK(geometric_mean(b) / geometric_mean(a) == Approx(ratio.value).epsilon(1e-14));
}

TEST_CASE("two sides exchanged give the inverse ratio, and a copy the ratio 1", "[stats]") {
    const Numbers a{101, 103, 99};
    const Numbers b{108, 110, 107, 111};
    const Ratio forth = to_ratio(*welch_log_ratio(a, b));
    const Ratio back = to_ratio(*welch_log_ratio(b, a));
    CHECK(forth.value * back.value == Approx(1).epsilon(1e-15));
    CHECK(forth.interval.low * back.interval.high == Approx(1).epsilon(1e-15));
    CHECK(to_ratio(*welch_log_ratio(a, a)).value == 1);
    CHECK(t_p_value(*welch_log_ratio(a, a)) == 1);
    CHECK(mann_whitney(a, a)->p == 1);
    CHECK(mann_whitney(a, a)->cliffs_delta == 0);
    CHECK(signed_rank(Numbers{0, 0, 0})->p == 1);
}

TEST_CASE("samples that cannot be compared are refused", "[stats]") {
    CHECK(welch_difference(Numbers{1}, Numbers{2, 3}).refusal().reason == "each side needs at least two values");
    CHECK(welch_difference(Numbers{.1, .1, .1}, Numbers{.3, .3, .3}).refusal().reason ==
          "the values of each side are all equal");
    CHECK(welch_difference(Numbers{1, 1}, Numbers{2, 3}).has_value());
    CHECK(welch_log_ratio(Numbers{1, 0}, Numbers{2, 3}).refusal().reason == "a ratio needs positive values");
    CHECK_FALSE(estimate_mean(Numbers{1}));
    CHECK_FALSE(estimate_mean(Numbers{.1, .1, .1}));
    CHECK_FALSE(mann_whitney(Numbers{}, Numbers{1}));
    CHECK_FALSE(signed_rank(Numbers{}));
    CHECK_FALSE(pooled_spread({{1}, {2}, {}}));
}

TEST_CASE("the mean of paired differences is a one-sample t estimate", "[stats]") {
    const auto estimate = estimate_mean(Numbers{1, 2, 3, 4});
    CHECK(estimate->value == 2.5);
    CHECK(estimate->standard_error == Approx(std::sqrt(5.0 / 12)));
    CHECK(t_p_value(*estimate) == Approx(.03047).margin(5e-6)); // t = 3.873, 3 degrees of freedom
}

TEST_CASE("a standard error of 0 leaves no doubt", "[stats]") {
    CHECK(t_p_value({1, 0, 5}) == 0);
    CHECK(t_p_value({0, 0, 5}) == 1);
    CHECK(tost_p_value({.1, 0, 5}, {-.2, .2}) == 0);
    CHECK(tost_p_value({.3, 0, 5}, {-.2, .2}) == 1);
    CHECK(t_interval({1, 0, 5}).low == 1);
}

TEST_CASE("Mann-Whitney agrees with scipy and, with ties, with all permutations", "[stats]") {
    const auto golden = load_golden("samples");
    for (const auto& expected : golden["mann_whitney"]) {
        const auto test = mann_whitney(expected["a"].get<Numbers>(), expected["b"].get<Numbers>());
        REQUIRE(test);
        CHECK(test->u == expected["u"].get<double>());
        check_agrees(test->cliffs_delta, expected["cliffs_delta"]);
        check_probability(test->p, expected["p"]);
        const bool is_small = expected["a"].size() + expected["b"].size() <= kExactRankLimit;
        CHECK((test->method == Method::exact) == is_small);
    }
    const auto r = load_golden("r")["samples"];
    check_probability(mann_whitney(r["a"].get<Numbers>(), r["b"].get<Numbers>())->p, r["mann_whitney_p"][0]);
}

TEST_CASE("the signed-rank test agrees with scipy and, with ties, with all signs", "[stats]") {
    const auto golden = load_golden("samples");
    for (const auto& expected : golden["signed_rank"]) {
        const auto test = signed_rank(expected["differences"].get<Numbers>());
        REQUIRE(test);
        CHECK(test->w_plus == expected["w_plus"].get<double>());
        CHECK(test->n == expected["n"].get<std::size_t>());
        check_probability(test->p, expected["p"]);
    }
    const auto r = load_golden("r")["samples"];
    check_probability(signed_rank(r["depression"].get<Numbers>())->p, r["signed_rank_p"][0]);
}

TEST_CASE("Holm agrees with statsmodels and R", "[stats]") {
    const auto golden = load_golden("samples")["holm"][0];
    check_all_agree(holm(golden["p"].get<Numbers>()), golden["adjusted"]);
    const auto r = load_golden("r")["samples"];
    check_all_agree(holm(r["p_values"].get<Numbers>()), r["holm"]);
    CHECK(holm(Numbers{}).empty());
}

TEST_CASE("the pooled spread and its interval agree with scipy", "[stats]") {
    const auto expected = load_golden("samples")["spread"][0];
    const auto spread = pooled_spread(expected["groups"].get<Columns>());
    REQUIRE(spread);
    CHECK(spread->groups == 3);
    CHECK(spread->degrees_of_freedom == expected["df"].get<double>());
    check_agrees(spread->sd, expected["sd"]);
    check_agrees(spread->interval.low, expected["ci95"][0]);
    check_agrees(spread->interval.high, expected["ci95"][1]);
}

TEST_CASE("descriptive numbers agree with numpy and R", "[stats]") {
    const auto golden = load_golden("samples");
    for (const auto& expected : golden["descriptive"]) {
        const auto values = expected["values"].get<Numbers>();
        check_agrees(median(values), expected["median"]);
        check_agrees(median_absolute_deviation(values), expected["mad"]);
        check_agrees(geometric_mean(values), expected["geometric_mean"]);
        check_agrees(sample_variance(values), expected["variance"]);
        for (const auto& pair : expected["quantiles"]) {
            check_agrees(quantile(values, pair[0]), pair[1]);
        }
    }
    const auto r = load_golden("r");
    const auto losses = r["linear"]["stack.loss"].get<Numbers>();
    check_all_agree({quantile(losses, .025), quantile(losses, .1), quantile(losses, .33), quantile(losses, .9)},
                    r["power"]["quantile_7"]);
    check_agrees(geometric_mean(losses), r["power"]["geometric_mean"][0]);
    check_agrees(median_absolute_deviation(losses), r["power"]["mad"][0]);
    CHECK(quantile(Numbers{7}, .3) == 7);
}

} // namespace mutation::stats
