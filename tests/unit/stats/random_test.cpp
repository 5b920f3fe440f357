#include "catch.hpp"

#include "golden.hpp"
#include "mutation/core/error.hpp"
#include "mutation/stats/descriptive.hpp"
#include "mutation/stats/random.hpp"

namespace mutation::stats {

TEST_CASE("a seed gives the same numbers on every machine and with every Boost", "[stats]") {
    Random random(42);
    CHECK(random.uniform() == 0.75515553295453897);
    CHECK(random.uniform() == 0.63903139385469743);
    CHECK(random.normal() == -2.1769669541929053);
    CHECK(random.normal() == -0.25912177929071034);
    CHECK(random.index(1000) == 903);
    CHECK(random.index(1000) == 94);
    double sum = 0;
    for (int i = 0; i < 10'000; ++i) { // reaches the tails, which take another path
        sum += random.normal();
    }
    CHECK(sum == 182.96323654026014);
    Numbers order{1, 2, 3, 4, 5, 6};
    random.shuffle(order);
    CHECK(order == Numbers{3, 5, 1, 6, 4, 2});
    CHECK(random.resample_counts(6) == std::vector<std::size_t>{1, 1, 0, 1, 1, 2});
}

TEST_CASE("the random numbers have the distributions that they should have", "[stats]") {
    Random random(1);
    Numbers uniform;
    Numbers normal;
    std::vector<int> hits(7, 0);
    for (int i = 0; i < 20'000; ++i) {
        uniform.push_back(random.uniform());
        normal.push_back(random.normal());
        ++hits[random.index(7)];
    }
    // Margins of four standard errors.
    CHECK(mean(uniform) == Approx(.5).margin(.0082));
    CHECK(mean(normal) == Approx(0).margin(.0283));
    CHECK(sample_variance(normal) == Approx(1).margin(.04));
    CHECK(quantile(normal, .025) == Approx(-1.96).margin(.076));
    for (const int count : hits) {
        CHECK(count == Approx(20'000 / 7.0).margin(4 * 49.5));
    }
    CHECK_THROWS_AS(random.index(0), Error);
}

TEST_CASE("a shuffle keeps the values and a resample the count", "[stats]") {
    Random random(2);
    Numbers values{3, 1, 2};
    random.shuffle(values);
    std::sort(values.begin(), values.end());
    CHECK(values == Numbers{1, 2, 3});
    const auto counts = random.resample_counts(50);
    std::size_t sum = 0;
    for (const std::size_t count : counts) {
        sum += count;
    }
    CHECK(sum == 50);
}

} // namespace mutation::stats
