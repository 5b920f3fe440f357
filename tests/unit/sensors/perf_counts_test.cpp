#include "catch.hpp"

#include "mutation/sensors/perf_counts.hpp"
#include "mutation/sensors/sample_files.hpp"

#include <cmath>

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

namespace {

MonotonicTime at(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

} // namespace

TEST_CASE("perf's counts begin between its start and its child's start") {
    const PerfStat stat = parse_perf_stat("     1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                          "     1.0;1.50;Joules;power/energy-ram/;1;100.00;;\n"
                                          "     2.0;<not counted>;Joules;power/energy-pkg/;0;0.00;;\n"
                                          "     2.0;1.00;Joules;power/energy-ram/;1;100.00;;\n");
    const CpuCounts counts = counts_from_perf(stat, {at(100), at(100.04)});
    CHECK(counts.start_uncertainty.count() == Approx(0.02));
    CHECK(counts.events == std::vector<std::string>{"energy-pkg", "energy-ram"});
    REQUIRE(counts.intervals.size() == 2);
    CHECK(counts.intervals[0].start == at(100.02));
    CHECK(counts.intervals[0].end == at(101.02));
    CHECK(counts.intervals[0].package == Joules(10));
    CHECK_FALSE(counts.intervals[1].package.has_value());
    CHECK(counts.intervals[1].ram == Joules(1));
}

TEST_CASE("an event that perf lists and does not count has perf's own mark as its reason") {
    const CpuCounts refused =
        counts_from_perf(parse_perf_stat("1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                         "1.0;<not supported>;Joules;power/energy-ram/;0;0.00;;\n"),
                         {at(0), at(0)});
    CHECK(refused.events == std::vector<std::string>{"energy-pkg"});
    CHECK(refused.has_ram);
    CHECK(refused.ram_reason == "perf wrote <not supported>");
    CHECK_FALSE(refused.package_reason.has_value());
    CHECK_FALSE(
        counts_from_perf(parse_perf_stat("1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"), {at(0), at(0)}).has_ram);
}

TEST_CASE("a lost line leaves a gap in its event, not a longer interval") {
    const CpuCounts counts = counts_from_perf(parse_perf_stat("1.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                                              "1.0;1.00;Joules;power/energy-ram/;1;100.00;;\n"
                                                              "2.0;1.00;Joules;power/energy-ram/;1;100.00;;\n"
                                                              "3.0;10.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                                              "3.0;1.00;Joules;power/energy-ram/;1;100.00;;\n"),
                                              {at(0), at(0)});
    REQUIRE(counts.intervals.size() == 3);
    CHECK_FALSE(counts.intervals[1].package.has_value());
    CHECK(counts.intervals[2].start == at(2));
    CHECK(integrate_cpu(counts, {at(0), at(3)}).package->value() == Approx(30));
}

TEST_CASE("power over time is written with empty cells for what is absent") {
    CpuCounts counts;
    counts.intervals.push_back({at(10), at(12), Joules(100), Joules(5), {}});
    counts.intervals.push_back({at(12), at(12.5), {}, Joules(1), {}});
    counts.intervals.push_back({at(12.5), at(13.5), Joules(50), {}, {}});
    CHECK(cpu_power_csv(counts, Seconds(1767756000)) == "timestamp,pkg_w,ram_w\n"
                                                        "1767756012.000,50.00,2.50\n"
                                                        "1767756012.500,,2.00\n"
                                                        "1767756013.500,50.00,\n");
}

TEST_CASE("perf's message instead of counts is the package's reason") {
    const CpuCounts counts =
        counts_from_perf(parse_perf_stat("# started on Mon\n\nError: the power PMU is gone\n"), {at(0), at(1)});
    CHECK(counts.package_reason == "Error: the power PMU is gone");
}
