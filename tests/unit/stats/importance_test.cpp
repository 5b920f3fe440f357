#include "catch.hpp"

#include "golden.hpp"
#include "mutation/core/error.hpp"
#include "mutation/stats/importance.hpp"

namespace mutation::stats {

TEST_CASE("shares of R2 agree with the mean over all orders", "[stats]") {
    for (const auto& expected : load_golden("importance")) {
        const GroupedInputs inputs{expected["inputs"], expected["terms"].get<std::vector<std::size_t>>()};
        const auto found = shares_of_r2(inputs, {expected["outcome"].get<Numbers>()}, {0, 0});
        REQUIRE(found);
        check_agrees(found->front().r2, expected["r2"]);
        double sum = 0;
        for (std::size_t term = 0; term < expected["shares"].size(); ++term) {
            const Share& share = found->front().terms[term];
            check_agrees(share.share, expected["shares"][term]);
            CHECK_FALSE(share.interval);
            sum += share.share;
        }
        CHECK(sum == Approx(found->front().r2).epsilon(1e-12));
    }
}

namespace {

struct Study {
    GroupedInputs inputs;
    Columns outcomes;
};

/// Independent inputs of equal spread; energy depends on them like 3 : 2 : 1 : 0, accuracy on the last alone.
Study simulated_study(std::size_t n, std::uint64_t seed) {
    Random random(seed);
    Study study{{Columns(4), {0, 1, 2, 3}}, Columns(2)};
    for (std::size_t i = 0; i < n; ++i) {
        double energy = random.normal();
        for (std::size_t j = 0; j < 4; ++j) {
            study.inputs.columns[j].push_back(random.normal());
            energy += static_cast<double>(3 - j) * study.inputs.columns[j][i];
        }
        study.outcomes[0].push_back(energy);
        study.outcomes[1].push_back(.9 - .01 * study.inputs.columns[3][i] + .001 * random.normal());
    }
    return study;
}

} // namespace

TEST_CASE("bootstrap intervals contain the true shares and follow from the seed", "[stats]") {
    const Study study = simulated_study(100, 5);
    const auto found = shares_of_r2(study.inputs, study.outcomes, {200, 11});
    REQUIRE(found);
    const auto again = shares_of_r2(study.inputs, study.outcomes, {200, 11});
    const auto other = shares_of_r2(study.inputs, study.outcomes, {200, 12});
    const double variance = 9 + 4 + 1 + 1;
    for (std::size_t term = 0; term < 4; ++term) {
        const Share& share = found->front().terms[term];
        const double truth = std::pow(static_cast<double>(3 - term), 2) / variance;
        CHECK(share.interval->low < share.share);
        CHECK(share.share < share.interval->high);
        CHECK(share.interval->low < truth + .02);
        CHECK(truth - .02 < share.interval->high);
        CHECK(share.interval->low == again->front().terms[term].interval->low);
        CHECK(share.interval->low != other->front().terms[term].interval->low);
    }
    CHECK((*found)[1].terms[3].share > .9);
    const auto alone = shares_of_r2(study.inputs, {study.outcomes[1]}, {200, 11});
    CHECK(alone->front().terms[3].interval->low == Approx((*found)[1].terms[3].interval->low).epsilon(1e-12));
}

TEST_CASE("a level that few resamples contain does not disturb the shares", "[stats]") {
    Study study = simulated_study(12, 6);
    study.inputs.columns[1].assign(12, 0);
    study.inputs.columns[1][4] = 1; // absent from a third of the resamples
    const auto found = shares_of_r2(study.inputs, study.outcomes, {200, 1});
    REQUIRE(found);
    for (const Share& share : found->front().terms) {
        CHECK(share.interval->low >= -1e-12);
        CHECK(share.interval->high <= 1 + 1e-12);
    }
}

TEST_CASE("shares that cannot be computed are refused", "[stats]") {
    Study study = simulated_study(10, 1);
    CHECK_FALSE(shares_of_r2({}, study.outcomes, {0, 0}));
    CHECK_FALSE(shares_of_r2(study.inputs, {Numbers(10, .1)}, {0, 0}));
    study.inputs.columns[2].assign(10, .1);
    CHECK(shares_of_r2(study.inputs, study.outcomes, {0, 0}).refusal().column == std::size_t{2});
    CHECK_THROWS_AS(shares_of_r2({study.inputs.columns, {0, 1, 3, 4}}, study.outcomes, {0, 0}), Error);
    GroupedInputs many;
    for (std::size_t term = 0; term <= kMostTerms; ++term) {
        many.columns.push_back(study.inputs.columns[0]);
        many.term_of_column.push_back(term);
    }
    CHECK(shares_of_r2(many, study.outcomes, {0, 0}).refusal().reason ==
          "there are too many inputs to compare all models");
}

} // namespace mutation::stats
