#include "catch.hpp"

#include "golden.hpp"
#include "mutation/stats/association.hpp"
#include "mutation/stats/model_checks.hpp"
#include "mutation/stats/random.hpp"

namespace mutation::stats {

TEST_CASE("checks of a model agree with statsmodels", "[stats]") {
    std::size_t with_replicates = 0;
    for (const auto& expected : load_golden("linear")) {
        const auto inputs = expected["inputs"].get<Columns>();
        const auto residuals = expected["residuals"].get<Numbers>();
        const auto spread = breusch_pagan(inputs, residuals);
        REQUIRE(spread);
        check_agrees(spread->statistic, expected["breusch_pagan"]["statistic"]);
        check_agrees(spread->p, expected["breusch_pagan"]["p"]);
        const auto normal = anderson_darling(residuals);
        REQUIRE(normal);
        check_agrees(normal->statistic, expected["anderson_darling"]["statistic"]);
        check_agrees(normal->p, expected["anderson_darling"]["p"]);
        check_agrees(*lag1_autocorrelation(residuals), expected["lag1"]);
        if (expected.contains("lack_of_fit")) {
            ++with_replicates;
            const auto checked = lack_of_fit(inputs, expected["outcome"].get<Numbers>(), residuals);
            REQUIRE(checked);
            CHECK(checked->statistic == Approx(expected["lack_of_fit"]["f"].get<double>()).epsilon(1e-8));
            CHECK(checked->p == Approx(expected["lack_of_fit"]["p"].get<double>()).epsilon(1e-8));
            CHECK(checked->fit_degrees_of_freedom == expected["lack_of_fit"]["fit_df"].get<double>());
            CHECK(checked->error_degrees_of_freedom == expected["lack_of_fit"]["error_df"].get<double>());
        }
    }
    CHECK(with_replicates == 1);
}

TEST_CASE("checks that the data cannot carry are refused", "[stats]") {
    const Columns inputs{{1, 2, 3, 4}};
    const Numbers outcome{1, 2, 2, 3};
    CHECK(lack_of_fit(inputs, outcome, outcome).refusal().reason == "no rows have equal inputs");
    CHECK(lack_of_fit({{1, 1, 2, 2}}, outcome, outcome).refusal().reason ==
          "there are too few different rows to see more than a line");
    CHECK(lack_of_fit({{1, 2, 3, 1}}, Numbers{1, 2, 2, 1}, outcome).refusal().reason ==
          "rows with equal inputs do not vary");
    CHECK_FALSE(anderson_darling(outcome));
    CHECK_FALSE(anderson_darling(Numbers(20, .1)));
    CHECK_FALSE(lag1_autocorrelation(Numbers{1, 2}));
    CHECK_FALSE(lag1_autocorrelation(Numbers{1, 1, 1}));
    CHECK(breusch_pagan({{1, 1, 1, 1}}, outcome).refusal().column == std::size_t{0});
}

TEST_CASE("one wild value is not normal, however wild", "[stats]") {
    Random random(1);
    Numbers values;
    for (int i = 0; i < 2000; ++i) {
        values.push_back(random.normal());
    }
    CHECK(anderson_darling(values)->p > .05);
    values.push_back(1e6);
    const auto check = anderson_darling(values);
    CHECK(std::isfinite(check->statistic));
    CHECK(check->p < 1e-6);
}

} // namespace mutation::stats
