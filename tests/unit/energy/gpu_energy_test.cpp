#include "catch.hpp"

#include "mutation/energy/gpu_energy.hpp"

#include <algorithm>
#include <functional>

using namespace mutation;
using namespace mutation::energy;

namespace {

constexpr int kReadings = 40; // 0.1 s apart
constexpr int kFirstWithin = 10;
constexpr int kLastWithin = 29;

MonotonicTime time_of(int reading) {
    return MonotonicTime(std::chrono::seconds(7000)) + std::chrono::milliseconds(100) * reading;
}

/// From just before the first of these readings until just after the last.
Window around(int first, int last) {
    constexpr std::chrono::milliseconds kAside{30};
    return {time_of(first) - kAside, time_of(last) + kAside};
}

const Window kTraining = around(kFirstWithin, kLastWithin);

using Show = std::function<double(int)>;

GpuTimeline timeline_of(int index, const Show& watts, double averaging = 0) {
    GpuTimeline timeline;
    timeline.index = index;
    timeline.is_counted = true;
    timeline.field.name = "power.draw";
    timeline.field.sensor.averaging = Seconds(averaging);
    for (int reading = 0; reading < kReadings; ++reading) {
        timeline.power.push_back({time_of(reading), Watts(watts(reading))});
    }
    timeline.readings = kReadings;
    return timeline;
}

/// The second GPU shows 100 W more than the first.
GpuTimelines two_gpus(const Show& watts, double averaging = 0) {
    GpuTimelines timelines;
    timelines.method = "nvidia_smi";
    timelines.source = "nvidia-smi";
    timelines.sample_interval = Seconds(0.1);
    timelines.gpus = {timeline_of(0, watts, averaging),
                      timeline_of(
                          1, [&](int reading) { return watts(reading) + 100; }, averaging)};
    return timelines;
}

double steady_reading(int /*reading*/) {
    return 200;
}

} // namespace

TEST_CASE("the energy of the counted GPUs is summed, and each has its own") {
    GpuTimelines timelines = two_gpus(steady_reading);
    const double seconds = kTraining.length().count();
    const GpuEnergy both = integrate_gpus(timelines, kTraining);
    CHECK(both.energy->value() == Approx(500 * seconds));
    CHECK(both.power_mean->value() == Approx(500));
    CHECK(both.quality.method == "nvidia_smi");
    CHECK(both.quality.samples == 40);
    CHECK(both.quality.uncertainty->value() ==
          Approx((*both.devices[0].uncertainty + *both.devices[1].uncertainty).value()));
    timelines.gpus[0].is_counted = false;
    const GpuEnergy one = integrate_gpus(timelines, kTraining);
    CHECK(one.energy->value() == Approx(300 * seconds));
    CHECK(one.devices[0].energy->value() == Approx(200 * seconds));
    CHECK_FALSE(one.devices[0].is_counted);
}

TEST_CASE("the extremes of power are those of readings that show the training alone, and enclose its mean") {
    // A mean over 0.5 s climbs from 30 to 230 W, stays, and falls again.
    const auto show = [](int reading) {
        return 30 + 40.0 * (std::clamp(reading - kFirstWithin + 1, 0, 5) - std::clamp(reading - kLastWithin, 0, 5));
    };
    const GpuTimelines timelines = two_gpus(show, 0.5);
    const GpuEnergy energy = integrate_gpus(timelines, kTraining);
    CHECK(energy.devices[0].power_min->value() == Approx(230).epsilon(0.02));
    CHECK(energy.devices[0].power_max->value() == Approx(230).epsilon(0.02));
    CHECK(energy.power_min->value() == Approx(230 + 330).epsilon(0.02));
    CHECK(energy.power_max->value() == Approx(230 + 330).epsilon(0.02));

    // A training shorter than that has nothing better than the readings within it.
    const GpuEnergy shorter = integrate_gpus(timelines, around(kFirstWithin, kFirstWithin + 2));
    CHECK(shorter.devices[1].power_min == Watts(170));
    CHECK(shorter.devices[1].power_max == std::max(Watts(250), *shorter.devices[1].power_mean));
    CHECK(shorter.power_min == Watts(70 + 170));
}

TEST_CASE("samples outside the training do not measure it") {
    const MonotonicTime before = time_of(kFirstWithin);
    const GpuEnergy energy = integrate_gpus(
        two_gpus(steady_reading), {before + std::chrono::milliseconds(20), before + std::chrono::milliseconds(70)});
    CHECK_FALSE(energy.energy.has_value());
    CHECK_FALSE(energy.power_mean.has_value());
    CHECK_FALSE(energy.power_max.has_value());
    CHECK_FALSE(energy.devices[0].energy.has_value());
    CHECK_FALSE(energy.devices[0].power_max.has_value());
    CHECK(energy.quality.verdict == Verdict::absent);
    CHECK(energy.quality.coverage == Percent(0));
    CHECK(energy.quality.samples == 0);
    const std::string reason = energy.quality.reason.value_or("");
    CHECK(reason.find("no sample") != std::string::npos);
    CHECK(reason.find("sample_interval_ms") != std::string::npos);
}

TEST_CASE("each card has its own power field, and the sum has one only if all agree") {
    GpuTimelines timelines = two_gpus(steady_reading, 1);
    CHECK(integrate_gpus(timelines, kTraining).quality.power_field == "power.draw");
    CHECK(integrate_gpus(timelines, kTraining).quality.sensor_averaging == Seconds(1));
    timelines.gpus[1].field.name = "power.draw.instant";
    timelines.gpus[1].field.sensor.averaging = Seconds(0.1);
    const GpuEnergy mixed = integrate_gpus(timelines, kTraining);
    CHECK_FALSE(mixed.quality.power_field.has_value());
    CHECK_FALSE(mixed.quality.sensor_averaging.has_value());
    CHECK(mixed.devices[0].power_field == "power.draw");
    CHECK(mixed.devices[0].sensor_averaging == Seconds(1));
    CHECK(mixed.devices[1].power_field == "power.draw.instant");
    CHECK(mixed.devices[1].sensor_averaging == Seconds(0.1));
}

TEST_CASE("a card without power leaves no total, and the reason names it") {
    GpuTimelines timelines = two_gpus(steady_reading);
    timelines.gpus[1].power.clear();
    timelines.gpus[1].missing_power = "GPU 1 showed [N/A]";
    timelines.gpus[1].temperature.add(Celsius(60));
    const GpuEnergy energy = integrate_gpus(timelines, kTraining);
    CHECK_FALSE(energy.energy.has_value());
    CHECK(energy.devices[0].energy.has_value());
    CHECK(energy.temperature_mean == Celsius(60));
    CHECK(energy.quality.reason == "nvidia-smi reported no power: GPU 1 showed [N/A]");
    timelines.gpus[0].is_counted = timelines.gpus[1].is_counted = false;
    timelines.visibility_remark = "CUDA_VISIBLE_DEVICES hides all";
    CHECK(integrate_gpus(timelines, kTraining).quality.reason == "CUDA_VISIBLE_DEVICES hides all");
}

TEST_CASE("the counters of all counted GPUs are summed and compared, or none is") {
    GpuTimelines timelines = two_gpus(steady_reading);
    const auto count = [](GpuTimeline& timeline, double joules) {
        timeline.counter_start = {kTraining.start, Joules(1e6)};
        timeline.counter_end = {kTraining.end, Joules(1e6 + joules)};
    };
    const double truth = 500 * kTraining.length().count();
    count(timelines.gpus[0], truth / 2);
    CHECK_FALSE(integrate_gpus(timelines, kTraining).quality.counter_energy.has_value());
    count(timelines.gpus[1], 0); // did not move
    CHECK_FALSE(integrate_gpus(timelines, kTraining).devices[1].counter_energy.has_value());
    count(timelines.gpus[1], truth / 4);
    const GpuEnergy energy = integrate_gpus(timelines, kTraining);
    CHECK(energy.quality.counter_energy->value() == Approx(0.75 * truth));
    CHECK(energy.quality.counter_deviation->value() == Approx(100.0 / 3));
}
