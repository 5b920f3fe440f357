#include "catch.hpp"

#include "compared_sides.hpp"
#include "mutation/report/comparison.hpp"

#include <cmath>

namespace mutation::report {
namespace {

const std::vector<double> kLower{101, 103, 99, 102, 100};
const std::vector<double> kHigher{108, 110, 107, 111, 109};

} // namespace

TEST_CASE("a comparison has the published values of a known pair of samples", "[compare]") {
    const Comparison comparison = compare(SideMaker("a").with(5, kLower).input, SideMaker("b").with(5, kHigher).input);
    const ComparedOutcome row = rows_of(comparison, "energy").at(0);
    CHECK(row.n_a == 5);
    CHECK(row.contrast.value == Approx(1.079223).margin(5e-7));
    CHECK(row.contrast.ci95->low == Approx(1.055703).margin(5e-7));
    CHECK(row.contrast.ci95->high == Approx(1.103267).margin(5e-7));
    CHECK(*row.welch_df == Approx(7.9539).margin(5e-5));
    CHECK(*row.contrast.p == Approx(4.564e-5).margin(5e-9));
    CHECK(*row.ranks_p == Approx(.0079365).margin(5e-8));
    CHECK(*row.cliffs_delta == 1);
    CHECK(row.contrast.verdict == ComparisonVerdict::different);
    CHECK(overall_of(comparison, "energy").contrast.value == row.contrast.value);
    // All durations are equal on both sides; power changes as energy does.
    CHECK(overall_of(comparison, "duration").contrast.verdict == ComparisonVerdict::equivalent);
    CHECK(overall_of(comparison, "duration").contrast.value == 1);
    CHECK(overall_of(comparison, "power").contrast.value == Approx(row.contrast.value));
    CHECK(*row.p_holm == Approx(3 * 4.564e-5).epsilon(1e-3)); // three rows have a p
}

TEST_CASE("the margin decides between different and negligible, and between equivalent and cannot tell", "[compare]") {
    const ComparisonInput a = SideMaker("a").with(5, kLower).input;
    const ComparisonInput b = SideMaker("b").with(5, kHigher).input;
    const auto verdict = [&](const ComparisonInput& other, double margin) {
        return overall_of(compare(a, other, {margin, Machines::same}), "energy").contrast.verdict;
    };
    CHECK(verdict(b, .10) == ComparisonVerdict::different); // the interval ends at 1.1033
    CHECK(verdict(b, .104) == ComparisonVerdict::negligible);
    const ComparisonInput like = SideMaker("c").with(5, {100, 104, 99, 101, 102}).input;
    CHECK(verdict(like, .05) == ComparisonVerdict::equivalent);
    CHECK(verdict(like, .01) == ComparisonVerdict::cannot_tell);
}

TEST_CASE("what cannot be told says how many runs would be needed, and what can be seen today", "[compare]") {
    const ComparisonInput a = SideMaker("a").with(5, {100, 110, 90, 105, 95}).input;
    const ComparisonInput b = SideMaker("b").with(5, {101, 111, 91, 106, 96}).input;
    const Contrast contrast = overall_of(compare(a, b), "energy").contrast;
    REQUIRE(contrast.verdict == ComparisonVerdict::cannot_tell);
    // ln E varies by .078923 a side; scipy's non-central t has a power of .8 for a ratio of 1.05 at n = 42.06, and at
    // n = 5 (7.9992 degrees of freedom) for a ratio of 1.173249.
    CHECK(*contrast.needed_n == 43);
    CHECK(*contrast.smallest_detectable == Approx(1.173249).margin(5e-6));
}

TEST_CASE("one run a side cannot tell, and says how many runs are needed", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    const Comparison alone = compare(a.with(5, {100}).input, b.with(5, {120}).input);
    const Contrast contrast = overall_of(alone, "energy").contrast;
    CHECK(contrast.verdict == ComparisonVerdict::cannot_tell);
    CHECK(contrast.value == Approx(1.2));
    CHECK_FALSE(contrast.ci95);
    CHECK_FALSE(contrast.p);
    CHECK(contrast.needed_n == 2);
    // Another configuration says more: its ln E varies by .015657 and .014507, pooled .015093.
    const Comparison with_other = compare(a.with(9, kLower).input, b.with(9, kHigher).input, {.01, Machines::same});
    const ComparedOutcome row = rows_of(with_other, "energy").at(0);
    CHECK(row.n_a == 1);
    CHECK(row.contrast.verdict == ComparisonVerdict::cannot_tell);
    CHECK(*row.contrast.needed_n == 38); // scipy, power .8 for a ratio of 1.01: n = 37.10
}

TEST_CASE("a copy of a session has every ratio at exactly 1", "[compare]") {
    stats::Random random(1);
    SideMaker a("a");
    for (std::int64_t epochs = 1; epochs <= 8; ++epochs) {
        a.with_noise(epochs, 3, 1000.0 * static_cast<double>(epochs), .02, random);
    }
    for (Run& run : a.group().runs) {
        run.metrics = {{"accuracy", .9 + .01 * random.uniform()}, {"loss", random.normal()}};
    }
    ComparisonInput copy = a.input;
    std::reverse(copy.groups[0].runs.begin(), copy.groups[0].runs.end());
    const Comparison comparison = compare(a.input, copy);
    REQUIRE(comparison.overall.size() == 5);
    for (const OverallOutcome& overall : comparison.overall) {
        INFO(overall.outcome);
        CHECK(overall.contrast.value == (overall.contrast.scale == Scale::ratio ? 1 : 0));
        CHECK(overall.contrast.verdict == ComparisonVerdict::equivalent);
        CHECK(overall.contrast.ci95->low == overall.contrast.value);
        CHECK(*overall.contrast.p == 1);
        CHECK(*overall.signed_rank_p == 1);
    }
    for (const ComparedOutcome& row : comparison.rows) {
        CHECK(row.contrast.value == (row.contrast.scale == Scale::ratio ? 1 : 0));
        CHECK(*row.contrast.p == 1);
        CHECK(*row.cliffs_delta == 0);
    }
    CHECK_THAT(comparison.notes.at(0), Catch::Contains("24 runs are in both A and B"));
    CHECK(find_worse(comparison).empty());
}

TEST_CASE("a swapped comparison is the exact inverse", "[compare]") {
    stats::Random random(2);
    SideMaker a("a");
    SideMaker b("b");
    for (std::int64_t epochs = 1; epochs <= 7; ++epochs) {
        a.with_noise(epochs, 4, 100, .03, random);
        b.with_noise(epochs, 3, 104, .05, random);
    }
    const Comparison forth = compare(a.input, b.input);
    const Comparison back = compare(b.input, a.input);
    const auto check = [](const Contrast& one, const Contrast& other) {
        CHECK(one.value * other.value == Approx(1).epsilon(1e-14));
        CHECK(one.ci95->low * other.ci95->high == Approx(1).epsilon(1e-14));
        CHECK(one.ci95->high * other.ci95->low == Approx(1).epsilon(1e-14));
        CHECK(*one.p == Approx(*other.p).epsilon(1e-12));
        CHECK(one.verdict == other.verdict);
        CHECK(one.needed_n == other.needed_n);
    };
    REQUIRE(forth.overall.size() == back.overall.size());
    for (std::size_t i = 0; i < forth.overall.size(); ++i) {
        check(forth.overall[i].contrast, back.overall[i].contrast);
        CHECK(forth.overall[i].signed_rank_p == back.overall[i].signed_rank_p);
    }
    REQUIRE(forth.rows.size() == back.rows.size());
    for (std::size_t i = 0; i < forth.rows.size(); ++i) {
        check(forth.rows[i].contrast, back.rows[i].contrast);
        CHECK(*forth.rows[i].cliffs_delta == Approx(-*back.rows[i].cliffs_delta).margin(1e-15));
        CHECK(*forth.rows[i].p_holm == Approx(*back.rows[i].p_holm).epsilon(1e-12));
    }
}

TEST_CASE("over all, the mean of the configurations' ratios is tested", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    const std::vector<double> logs{.02, .05, .03, .06, .04, .01};
    for (std::size_t i = 0; i < logs.size(); ++i) {
        const auto epochs = static_cast<std::int64_t>(i + 1);
        a.with(epochs, {100.0 * static_cast<double>(i + 1)});
        b.with(epochs, {100.0 * static_cast<double>(i + 1) * std::exp(logs[i])});
    }
    const OverallOutcome overall = overall_of(compare(a.input, b.input), "energy");
    CHECK(overall.configurations == 6);
    // scipy's ttest_1samp of the six: .035 [.01536686, .05463314], p .005933545.
    CHECK(overall.contrast.value == Approx(std::exp(.035)));
    CHECK(std::log(overall.contrast.ci95->low) == Approx(.01536686).margin(1e-8));
    CHECK(*overall.contrast.p == Approx(.005933545).margin(1e-9));
    CHECK(*overall.signed_rank_p == Approx(2 / 64.0));
    CHECK(overall.contrast.verdict == ComparisonVerdict::different);
    CHECK(compare(a.input, b.input).rows.front().contrast.verdict == ComparisonVerdict::cannot_tell);
}

TEST_CASE("equal values on each side are told apart only by ranks of at least four runs", "[compare]") {
    const auto accuracy = [](const char* session, std::size_t runs, double value) {
        SideMaker side(session);
        for (std::size_t i = 0; i < runs; ++i) {
            side.add(5, 100).metrics = {{"accuracy", value}};
        }
        return side.input;
    };
    const auto contrast = [&](std::size_t runs, double a, double b) {
        return overall_of(compare(accuracy("a", runs, a), accuracy("b", runs, b)), "accuracy").contrast;
    };
    CHECK(contrast(3, .9, .5).verdict == ComparisonVerdict::cannot_tell);
    CHECK(contrast(3, .9, .5).needed_n == 4);
    CHECK(contrast(4, .9, .5).verdict == ComparisonVerdict::different);
    CHECK(contrast(4, .9, .91).verdict == ComparisonVerdict::negligible);
    CHECK(contrast(2, .9, .9).verdict == ComparisonVerdict::equivalent);
    CHECK_FALSE(contrast(4, .9, .5).ci95);
}

TEST_CASE("a metric whose values are not all positive is compared by its difference", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    for (const double value : {-.1, 0.0, .1, .05, -.05}) {
        a.add(5, 100).metrics = {{"mcc", value}};
        b.add(5, 100).metrics = {{"mcc", value + 1}};
    }
    const Contrast contrast = overall_of(compare(a.input, b.input), "mcc").contrast;
    CHECK(contrast.scale == Scale::difference);
    CHECK(contrast.value == Approx(1));
    CHECK(contrast.verdict == ComparisonVerdict::different);
    CHECK(contrast.ci95->low == Approx(1 - 2.306004 * .05));
    CHECK(contrast.margin.high == Approx(.05 * (5 + .3) / 10)); // of the mean size of all values
}

TEST_CASE("the margin is at least the bounds of both sides' energy together", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kLower);
    b.with(5, kHigher);
    CHECK(compare(a.input, b.input).margin == .05);
    for (Run& run : a.group().runs) {
        run.uncertainty = *run.energy * .06;
    }
    for (Run& run : b.group().runs) {
        run.uncertainty = *run.energy * .08;
    }
    CHECK(compare(a.input, b.input).margin == Approx(.1));
    CHECK(compare(a.input, b.input, {.02, Machines::same}).margin == .02);
}

TEST_CASE("worse is more energy, more time, or a metric against its direction", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    a.with(5, kLower);
    b.with(5, kHigher);
    CHECK(find_worse(compare(a.input, b.input)) == std::vector<std::string>{"energy"}); // power is not judged
    CHECK(find_worse(compare(b.input, a.input)).empty());
    CHECK(find_worse(compare(a.input, b.input, {.2, Machines::same})).empty());
    const auto set_accuracy = [](SideMaker& side, double mean) {
        for (std::size_t i = 0; i < side.group().runs.size(); ++i) {
            side.group().runs[i].metrics = {{"accuracy", mean + .001 * static_cast<double>(i)}};
        }
    };
    set_accuracy(a, .5);
    set_accuracy(b, .9);
    CHECK(find_worse(compare(b.input, a.input)) == std::vector<std::string>{"accuracy"});
    for (SideMaker* side : {&a, &b}) {
        side->group().metrics = {{"accuracy", std::nullopt}};
    }
    CHECK(find_worse(compare(b.input, a.input)).empty());
}

TEST_CASE("one configuration that is worse is enough, if it is clear after Holm", "[compare]") {
    SideMaker a("a");
    SideMaker b("b");
    for (std::int64_t epochs = 1; epochs <= 4; ++epochs) {
        a.with(epochs, kLower);
        b.with(epochs, epochs == 1 ? kHigher : kLower);
    }
    const Comparison comparison = compare(a.input, b.input);
    CHECK(overall_of(comparison, "energy").contrast.verdict == ComparisonVerdict::cannot_tell);
    CHECK(find_worse(comparison) == std::vector<std::string>{"energy"});
}

} // namespace mutation::report
