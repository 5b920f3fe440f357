#include "catch.hpp"

#include "compared_sides.hpp"
#include "mutation/report/comparison.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::report {
namespace {

bool is_different(const Comparison& comparison) {
    return overall_of(comparison, "energy").contrast.verdict == ComparisonVerdict::different;
}

/// 5 % and two standard errors of a share of 1,000.
constexpr std::size_t kMostFalse = 50 + 14;

} // namespace

TEST_CASE("like runs that are split in two differ in at most 5 % of the splits", "[compare]") {
    stats::Random random(20261130);
    std::size_t different = 0;
    std::size_t different_configurations = 0;
    for (int split = 0; split < 1000; ++split) {
        SideMaker a("a");
        SideMaker b("b");
        a.with_noise(1, 5, 100, .06, random);
        b.with_noise(1, 5, 100, .06, random);
        const Comparison comparison = compare(a.input, b.input, {.001, Machines::same});
        different += is_different(comparison) ? 1 : 0;
        for (std::int64_t epochs = 2; epochs <= 6; ++epochs) {
            a.with_noise(epochs, 2, 100.0 * static_cast<double>(epochs), .06, random);
            b.with_noise(epochs, 2, 100.0 * static_cast<double>(epochs), .06, random);
        }
        different_configurations += is_different(compare(a.input, b.input, {.001, Machines::same})) ? 1 : 0;
    }
    CHECK(different <= kMostFalse);
    CHECK(different_configurations <= kMostFalse);
    CHECK(different > 10); // else the test would not see a broken interval
}

TEST_CASE("a change of 8 % is found with five runs a side that vary by 2 %", "[compare]") {
    stats::Random random(8);
    std::size_t found = 0;
    for (int campaign = 0; campaign < 200; ++campaign) {
        SideMaker a("a");
        SideMaker b("b");
        a.with_noise(1, 5, 100, .02, random);
        b.with_noise(1, 5, 108, .02, random);
        found += is_different(compare(a.input, b.input)) ? 1 : 0;
    }
    CHECK(found >= 195);
}

} // namespace mutation::report
