#include "catch.hpp"

#include "mutation/energy/cpu_energy.hpp"
#include "mutation/energy/still_counter.hpp"

#include <cmath>
#include <functional>

using namespace mutation;
using namespace mutation::energy;

namespace {

MonotonicTime at_second(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

Window window_of(double start, double end) {
    return {at_second(start), at_second(end)};
}

/// One-second counts of a power curve, from `start` to `end`; the last one is shorter.
CpuCounts count(const std::function<double(double)>& energy_until, double start, double end) {
    CpuCounts counts;
    counts.method = "perf_rapl";
    counts.events = {"energy-pkg"};
    for (double from = start; from < end; from += 1) {
        const double to = std::min(from + 1, end);
        counts.intervals.push_back(
            {at_second(from), at_second(to), Joules(energy_until(to) - energy_until(from)), {}, {}});
    }
    return counts;
}

double constant(double time) {
    return 50 * time;
}

} // namespace

TEST_CASE("the part of an interval outside the training does not count") {
    const CpuEnergy energy = integrate_cpu(count(constant, 0, 10.2), window_of(0.05, 10.19));
    REQUIRE(energy.package.has_value());
    CHECK(energy.package->value() == Approx(50 * 10.14));
    CHECK(energy.total == energy.package);
    CHECK_FALSE(energy.ram.has_value());
    CHECK(energy.quality.coverage->value() == Approx(100));
    CHECK(energy.quality.samples == 11);
    CHECK(energy.quality.longest_gap == Seconds(0));
}

TEST_CASE("package and RAM give the total, psys is separate") {
    CpuCounts counts = count(constant, 0, 5);
    for (CpuInterval& interval : counts.intervals) {
        interval.ram = Joules(5);
        interval.psys = Joules(90);
    }
    const CpuEnergy energy = integrate_cpu(counts, window_of(0, 5));
    CHECK(energy.package->value() == Approx(250));
    CHECK(energy.ram->value() == Approx(25));
    CHECK(energy.total->value() == Approx(275));
    CHECK(energy.psys->value() == Approx(450));
}

TEST_CASE("a package without its memory is not a total") {
    CpuCounts counts = count(constant, 0, 10);
    counts.has_ram = true;
    counts.ram_reason = "perf wrote <not supported>";
    CpuEnergy energy = integrate_cpu(counts, window_of(0, 10));
    CHECK(energy.package->value() == Approx(500));
    CHECK(energy.quality.uncertainty.has_value());
    CHECK_FALSE(energy.ram.has_value());
    CHECK_FALSE(energy.total.has_value());
    CHECK(energy.quality.reason.value_or("").find("energy-ram") != std::string::npos);
    CHECK(energy.quality.reason.value_or("").find("<not supported>") != std::string::npos);

    counts.has_ram = false;
    energy = integrate_cpu(counts, window_of(0, 10));
    CHECK(energy.total == energy.package);
    CHECK_FALSE(energy.quality.reason.has_value());
}

TEST_CASE("the total covers the time of both package and memory") {
    CpuCounts counts = count(constant, 0, 10);
    for (std::size_t i = 0; i < 6; ++i) {
        counts.intervals[i].ram = Joules(5);
    }
    CpuEnergy energy = integrate_cpu(counts, window_of(0, 10));
    CHECK(energy.package->value() == Approx(500));
    CHECK(energy.ram->value() == Approx(50));
    CHECK(energy.total->value() == Approx(550));
    CHECK(energy.quality.coverage->value() == Approx(60));
    CHECK(energy.quality.longest_gap->count() == Approx(4));
    CHECK(energy.quality.reason.value_or("").find("60 %") != std::string::npos);

    counts.intervals[4].ram.reset();
    counts.intervals[5].ram.reset();
    energy = integrate_cpu(counts, window_of(0, 10));
    CHECK(energy.package->value() == Approx(500));
    CHECK_FALSE(energy.ram.has_value());
    CHECK_FALSE(energy.total.has_value());
    CHECK(energy.quality.coverage->value() == Approx(100));
    CHECK(energy.quality.reason.value_or("").find("40 %") != std::string::npos);
}

TEST_CASE("package and memory of different times are not added") {
    CpuCounts counts = count(constant, 0, 10);
    for (std::size_t i = 0; i < 4; ++i) {
        counts.intervals[i + 6].package.reset();
        counts.intervals[i + 4].ram = Joules(5);
    }
    counts.intervals[8].ram = counts.intervals[9].ram = Joules(5);
    const CpuEnergy energy = integrate_cpu(counts, window_of(0, 10));
    CHECK(energy.package->value() == Approx(500));
    CHECK(energy.ram->value() == Approx(50));
    CHECK_FALSE(energy.total.has_value());
    CHECK(energy.quality.reason.has_value());
}

TEST_CASE("an interval without its memory has no power") {
    CpuCounts counts = count(constant, 0, 4);
    for (CpuInterval& interval : counts.intervals) {
        interval.ram = Joules(5);
    }
    counts.has_ram = true;
    counts.intervals[2].ram.reset();
    REQUIRE(power_spread(counts, window_of(0, 4)).has_value());
    CHECK(power_spread(counts, window_of(0, 4))->value() == Approx(0).margin(1e-9));
    CHECK_FALSE(power_spread(counts, window_of(1, 3)).has_value());
}

TEST_CASE("an idle edge that perf counted too stays within the bound") {
    // Idle at 20 W until the training starts and after it has ended, 100 W between.
    const double start = 0.04;
    const double end = 3.7;
    const auto curve = [&](double time) { return 20 * time + 80 * (std::clamp(time, start, end) - start); };
    const CpuEnergy energy = integrate_cpu(count(curve, 0, 3.72), window_of(start, end));
    const double truth = 100 * (end - start);
    REQUIRE(energy.quality.uncertainty.has_value());
    CHECK(std::abs(energy.package->value() - truth) <= energy.quality.uncertainty->value());
    CHECK(energy.quality.uncertainty->value() < 0.03 * truth);
}

TEST_CASE("after perf died, the rest is bridged with a larger bound") {
    const CpuEnergy whole = integrate_cpu(count(constant, 0, 10), window_of(0, 10));
    const CpuEnergy part = integrate_cpu(count(constant, 0, 6), window_of(0, 10));
    REQUIRE(part.package.has_value());
    CHECK(part.package->value() == Approx(500));
    CHECK(part.quality.coverage->value() == Approx(60));
    CHECK(part.quality.longest_gap->count() == Approx(4));
    CHECK(part.quality.uncertainty->value() > 10 * whole.quality.uncertainty->value());
}

TEST_CASE("there is no figure from less than half of the training") {
    const CpuEnergy energy = integrate_cpu(count(constant, 0, 4), window_of(0, 10));
    CHECK_FALSE(energy.package.has_value());
    CHECK_FALSE(energy.total.has_value());
    CHECK_FALSE(energy.quality.uncertainty.has_value());
    CHECK(energy.quality.coverage->value() == Approx(40));
}

TEST_CASE("a hole between counts is bridged between its ends") {
    CpuCounts counts = count(constant, 0, 10);
    counts.intervals[4].package.reset();
    counts.intervals[3].package = Joules(30);
    counts.intervals[5].package = Joules(70);
    const CpuEnergy energy = integrate_cpu(counts, window_of(0, 10));
    CHECK(energy.package->value() == Approx(500));
    CHECK(energy.quality.coverage->value() == Approx(90));
    CHECK(energy.quality.longest_gap->count() == Approx(1));
    CHECK(energy.quality.uncertainty->value() > 20);
}

TEST_CASE("without counts there is no figure and no method") {
    const CpuEnergy energy = integrate_cpu({}, window_of(0, 10));
    CHECK_FALSE(energy.total.has_value());
    CHECK_FALSE(energy.quality.method.has_value());
    CHECK_FALSE(integrate_cpu(count(constant, 20, 30), window_of(0, 10)).total.has_value());
    CHECK_FALSE(integrate_cpu(count(constant, 0, 10), window_of(5, 5)).total.has_value());
}

TEST_CASE("a counter that did not move during the training counted nothing") {
    CpuCounts counts = count(constant, 0, 5);
    counts.events = {"energy-pkg", "energy-ram", "energy-psys"};
    counts.has_ram = true;
    for (CpuInterval& interval : counts.intervals) {
        interval.ram = Joules(0);
        interval.psys = Joules(0);
    }
    SECTION("memory: no total that would include it") {
        drop_still_counts(counts, window_of(0, 5));
        const CpuEnergy energy = integrate_cpu(counts, window_of(0, 5));
        CHECK(energy.package->value() == Approx(250));
        CHECK_FALSE(energy.ram.has_value());
        CHECK_FALSE(energy.total.has_value());
        CHECK_FALSE(energy.psys.has_value());
        CHECK(energy.quality.events == std::vector<std::string>{"energy-pkg"});
        CHECK(energy.quality.reason.value_or("").find("the counter did not move") != std::string::npos);
        CHECK_FALSE(power_spread(counts, window_of(0, 5)).has_value());
    }
    SECTION("the package") {
        for (CpuInterval& interval : counts.intervals) {
            interval.package = Joules(0);
        }
        drop_still_counts(counts, window_of(0.2, 4.8));
        CHECK_FALSE(integrate_cpu(counts, window_of(0.2, 4.8)).package.has_value());
        CHECK(counts.package_reason == "the counter did not move");
    }
    SECTION("what it moved before and after is none of the training's") {
        counts.intervals.front().ram = Joules(7);
        counts.intervals.back().ram = Joules(7);
        drop_still_counts(counts, window_of(1, 4));
        CHECK_FALSE(integrate_cpu(counts, window_of(1, 4)).ram.has_value());
        CHECK(counts.ram_reason == "the counter did not move");
    }
}

TEST_CASE("a counter that stands still for some seconds leaves a gap there, not zeros") {
    CpuCounts counts = count(constant, 0, 20);
    SECTION("a stretch in the middle is bridged") {
        for (std::size_t i = 8; i < 12; ++i) {
            counts.intervals[i].package = Joules(0);
        }
        drop_still_counts(counts, window_of(0, 20));
        const CpuEnergy energy = integrate_cpu(counts, window_of(0, 20));
        CHECK(energy.package->value() == Approx(1000));
        CHECK(energy.quality.coverage->value() == Approx(80));
        CHECK(counts.package_reason == "the counter did not move for 4 s");
    }
    SECTION("most of the training: no figure") {
        for (std::size_t i = 5; i < 20; ++i) {
            counts.intervals[i].package = Joules(0);
        }
        drop_still_counts(counts, window_of(0, 20));
        CHECK_FALSE(integrate_cpu(counts, window_of(0, 20)).package.has_value());
    }
    SECTION("a short interval at the end may be too short for the counter") {
        counts.intervals.back().package = Joules(0);
        drop_still_counts(counts, window_of(0, 20));
        CHECK(integrate_cpu(counts, window_of(0, 20)).package->value() == Approx(950));
        CHECK_FALSE(counts.package_reason.has_value());
    }
}
