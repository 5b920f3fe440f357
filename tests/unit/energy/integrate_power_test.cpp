#include "catch.hpp"

#include "mutation/energy/integrate_power.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

using namespace mutation;
using namespace mutation::energy;

namespace {

using Samples = std::vector<PowerSample>;

MonotonicTime at(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround((seconds + 5000) * 1e9)));
}

Window window(double start, double end) {
    return {at(start), at(end)};
}

PowerSample sample(double seconds, double watts) {
    return {at(seconds), Watts(watts)};
}

Samples sampled(double from, double to, double period, const std::function<double(double)>& watts) {
    Samples samples;
    const auto count = std::lround((to - from) / period);
    for (long i = 0; i <= count; ++i) {
        const double time = from + static_cast<double>(i) * period;
        samples.push_back(sample(time, watts(time)));
    }
    return samples;
}

double steady(double /*time*/) {
    return 100;
}

PowerIntegral integrate(const Samples& samples, const Window& over, const PowerSensor& sensor = {}) {
    const auto integral = integrate_power(samples, over, sensor);
    REQUIRE(integral.has_value());
    return *integral;
}

/// What a sensor shows that averages 1 s, of a load of 300 W from 0 to 10 s above `before` and `after`.
double averaged_load(double time, double before, double after) {
    const auto load_until = [&](double t) {
        return before * std::min(t, 0.0) + 300 * std::clamp(t, 0.0, 10.0) + after * std::max(t - 10, 0.0);
    };
    return load_until(time) - load_until(time - 1);
}

PowerSensor averaging_sensor() {
    PowerSensor sensor;
    sensor.averaging = Seconds(1);
    return sensor;
}

} // namespace

TEST_CASE("a constant power times its time is its energy") {
    const PowerIntegral integral = integrate(sampled(-1, 11, 0.1, steady), window(0, 10));
    CHECK(integral.energy.value() == Approx(1000));
    CHECK(integral.mean.value() == Approx(100));
    CHECK(integral.coverage.value() == Approx(100));
    CHECK(integral.longest_gap.count() == 0);
    CHECK(integral.samples == 101);
    // Nothing is uncertain but the last digit of 0.01 W and a millisecond at each end.
    CHECK(integral.uncertainty.value() == Approx(0.05 + 0.33).margin(0.001));
}

TEST_CASE("a linear ramp is integrated exactly, whether the window's ends are sampled or not") {
    const auto ramp = [](double time) { return 100 + 10 * time; };
    const Samples samples = sampled(-1, 11, 0.1, ramp);
    CHECK(integrate(samples, window(0, 10)).energy.value() == Approx(1500));
    CHECK(integrate(samples, window(0.03, 9.96)).energy.value() ==
          Approx(100 * 9.93 + 5 * (9.96 * 9.96 - 0.03 * 0.03)));
}

TEST_CASE("a ramp through a delayed sensor is integrated exactly") {
    const auto delayed_ramp = [](double time) { return 100 + 10 * (time - 0.5); };
    const PowerIntegral integral = integrate(sampled(-2, 13, 0.1, delayed_ramp), window(0, 10), averaging_sensor());
    CHECK(integral.energy.value() == Approx(1500));
}

TEST_CASE("samples outside the window do not count") {
    Samples samples = sampled(0, 10, 0.1, steady);
    for (const double time : {-30.0, -20.0, -10.0, 20.0, 30.0}) {
        samples.push_back(sample(time, 5000));
    }
    const PowerIntegral integral = integrate(samples, window(0, 10));
    CHECK(integral.energy.value() == Approx(1000));
    CHECK(integral.samples == 101);
}

TEST_CASE("order and duplicate samples change nothing") {
    const auto wave = [](double time) { return 150 + 50 * std::sin(time); };
    const Samples samples = sampled(-1, 11, 0.1, wave);
    Samples shuffled(samples.rbegin(), samples.rend());
    shuffled.insert(shuffled.end(), samples.begin(), samples.begin() + 40);
    const PowerIntegral expected = integrate(samples, window(0, 10));
    const PowerIntegral integral = integrate(shuffled, window(0, 10));
    CHECK(integral.energy == expected.energy);
    CHECK(integral.uncertainty == expected.uncertainty);
    CHECK(integral.samples == expected.samples);
    CHECK(integral.energy.value() == Approx(1500 + 50 * (1 - std::cos(10))).epsilon(1e-3));
}

TEST_CASE("two samples at the same time count as their mean") {
    Samples samples = sampled(-1, 11, 0.1, [](double) { return 90.0; });
    const Samples others = sampled(-1, 11, 0.1, [](double) { return 110.0; });
    samples.insert(samples.end(), others.begin(), others.end());
    CHECK(integrate(samples, window(0, 10)).energy.value() == Approx(1000));
}

TEST_CASE("without samples, usable samples or a window there is no figure") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(integrate_power({}, window(0, 10), {}).has_value());
    CHECK_FALSE(integrate_power(Samples{sample(1, nan), sample(2, -5)}, window(0, 10), {}).has_value());
    CHECK_FALSE(integrate_power(sampled(0, 10, 0.1, steady), window(5, 5), {}).has_value());
    CHECK_FALSE(integrate_power(sampled(0, 10, 0.1, steady), window(5, 4), {}).has_value());
}

TEST_CASE("one sample is used for the whole window, covers nothing, and may be wrong completely") {
    const PowerIntegral integral = integrate({sample(3, 100)}, window(0, 10));
    CHECK(integral.energy.value() == Approx(1000));
    CHECK(integral.coverage.value() == Approx(0).margin(1e-9));
    CHECK(integral.longest_gap.count() == Approx(7));
    CHECK(integral.samples == 1);
    CHECK(integral.uncertainty.value() >= 1000);
}

TEST_CASE("a window between two samples is covered by them") {
    const PowerIntegral integral = integrate({sample(0, 100), sample(1, 200)}, window(0.25, 0.75));
    CHECK(integral.energy.value() == Approx(75));
    CHECK(integral.samples == 0);
    CHECK(integral.coverage.value() == Approx(100));
}

TEST_CASE("a gap in the middle is bridged in a straight line and is not covered") {
    Samples samples = sampled(-1, 4, 0.1, [](double) { return 100.0; });
    const Samples rest = sampled(6, 11, 0.1, [](double) { return 200.0; });
    samples.insert(samples.end(), rest.begin(), rest.end());
    const PowerIntegral integral = integrate(samples, window(0, 10));
    CHECK(integral.energy.value() == Approx(400 + 300 + 800));
    CHECK(integral.coverage.value() == Approx(80));
    CHECK(integral.longest_gap.count() == Approx(2));
    // The step may lie anywhere within the gap: 100 J either way.
    CHECK(integral.uncertainty.value() > 100);
    CHECK(integral.uncertainty.value() < 200);
}

TEST_CASE("a distance under a second or under three intervals of a slow sampler is not a gap") {
    Samples samples = sampled(-1, 4, 0.1, steady);
    const Samples rest = sampled(4.9, 11, 0.1, steady);
    samples.insert(samples.end(), rest.begin(), rest.end());
    CHECK(integrate(samples, window(0, 10)).coverage.value() == Approx(100));

    const Samples slow{sample(-2, 100), sample(0, 100),  sample(2, 100),
                       sample(8, 100),  sample(10, 100), sample(12, 100)};
    CHECK(integrate(slow, window(0, 10)).coverage.value() == Approx(100));
}

TEST_CASE("the bound of a gap comes from bridges of its length elsewhere in the run") {
    const auto square = [](double time) { return std::fmod(time + 10, 1.7) < 0.8 ? 300.0 : 100.0; };
    const auto with_gap = [](Samples samples) {
        std::erase_if(samples, [](const PowerSample& s) { return s.time > at(20) && s.time < at(24); });
        return integrate(samples, window(0, 40)).uncertainty.value();
    };
    CHECK(with_gap(sampled(-1, 41, 0.1, steady)) < 1);
    CHECK(with_gap(sampled(-1, 41, 0.1, square)) >
          integrate(sampled(-1, 41, 0.1, square), window(0, 40)).uncertainty.value() + 50);
}

TEST_CASE("after a sampler died, the mean of its samples is used") {
    const auto ramp = [](double time) { return 100 + 10 * time; };
    const PowerIntegral integral = integrate(sampled(-1, 6, 0.1, ramp), window(0, 10));
    CHECK(integral.energy.value() == Approx(600 + 180 + 4 * 130));
    CHECK(integral.coverage.value() == Approx(60));
    CHECK(integral.longest_gap.count() == Approx(4));
    CHECK(std::abs(integral.energy.value() - 1500) < integral.uncertainty.value());
}

TEST_CASE("before a late first sample, that sample is used, if the time is shorter than a gap") {
    const auto rest = sampled(0.4, 11, 0.1, steady);
    const PowerIntegral integral = integrate(rest, window(0, 10));
    CHECK(integral.energy.value() == Approx(1000));
    CHECK(integral.coverage.value() == Approx(96));
}

TEST_CASE("a step caused by the training is placed at its start and end") {
    const auto load = [](double time) { return time >= 0 && time < 10 ? 300.0 : 50.0; };
    const PowerIntegral integral = integrate(sampled(-2.81, 12, 0.3, load), window(0, 10));
    CHECK(integral.energy.value() == Approx(3000));
    // It may as well have come up to 0.3 s later.
    CHECK(integral.uncertainty.value() > 20);
}

TEST_CASE("a sensor's average over a second is undone at both ends") {
    const auto load = [](double time) { return averaged_load(time, 50, 50); };
    const PowerIntegral integral = integrate(sampled(-2, 13, 0.1, load), window(0, 10), averaging_sensor());
    CHECK(integral.energy.value() == Approx(3000).epsilon(1e-9));
    CHECK(integral.uncertainty.value() < 10);
}

TEST_CASE("readings that jump too fast for a mean are used unchanged") {
    PowerSensor sensor = averaging_sensor();
    const auto load = [](double time) { return time >= 0 && time < 10 ? 300.0 : 50.0; };
    const auto integral = integrate(sampled(-2.05, 12, 0.1, load), window(0, 10), sensor);
    CHECK(integral.averaging == Seconds(0));
    CHECK(integral.energy.value() == Approx(3000));
    const auto averaged = [&](double time) { return averaged_load(time, 50, 50); };
    CHECK(integrate(sampled(-2, 12, 0.1, averaged), window(0, 10), sensor).averaging == Seconds(1));
}

TEST_CASE("a single outlier does not decide how the sensor averages") {
    Samples samples = sampled(-2, 12, 0.1, [](double time) { return averaged_load(time, 50, 50); });
    samples[70].power = Watts(20);
    CHECK(integrate(samples, window(0, 10), averaging_sensor()).averaging == Seconds(1));
}

TEST_CASE("a sensor that falls after the training's end averages") {
    PowerSensor sensor = averaging_sensor();
    const Samples samples = sampled(-2, 12, 0.1, [](double time) { return averaged_load(time, 50, 50); });
    const auto certain = integrate(samples, window(0, 10), sensor);
    sensor.averaging_doubt = 0.3;
    CHECK(integrate(samples, window(0, 10), sensor).uncertainty == certain.uncertainty);
}

TEST_CASE("if it is not known whether a sensor averages, the bound covers both") {
    PowerSensor sensor = averaging_sensor();
    const Samples ramp = sampled(-2, 12, 0.1, [](double time) { return 100 + 10 * time; });
    const auto certain = integrate(ramp, window(0, 10), sensor);
    sensor.averaging_doubt = 0.3;
    const auto doubted = integrate(ramp, window(0, 10), sensor);
    const auto momentary = integrate(ramp, window(0, 10));
    CHECK(doubted.energy == certain.energy);
    CHECK(doubted.uncertainty > momentary.uncertainty);
    CHECK((doubted.energy - momentary.energy).value() < doubted.uncertainty.value());
    CHECK((certain.energy - momentary.energy).value() > certain.uncertainty.value());
}

TEST_CASE("the levels before and after an averaged load may differ") {
    const auto load = [](double time) { return averaged_load(time, 20, 120); };
    const PowerIntegral integral = integrate(sampled(-2, 13, 0.1, load), window(0, 10), averaging_sensor());
    CHECK(integral.energy.value() == Approx(3000).epsilon(1e-9));
}

TEST_CASE("an averaged load without samples after its end needs the idle level or a wider bound") {
    const auto load = [](double time) { return averaged_load(time, 50, 50); };
    const Samples samples = sampled(-2, 10.5, 0.1, load);
    PowerSensor sensor = averaging_sensor();
    const PowerIntegral unknown = integrate(samples, window(0, 10), sensor);
    CHECK(std::abs(unknown.energy.value() - 3000) < unknown.uncertainty.value());
    CHECK(unknown.uncertainty.value() > 50);
    sensor.idle_after = Watts(50);
    const PowerIntegral known = integrate(samples, window(0, 10), sensor);
    CHECK(known.energy.value() == Approx(3000).epsilon(1e-9));
    CHECK(known.uncertainty.value() < 10);
}

TEST_CASE("readings of unknown age cause no error if the load starts and ends at one level") {
    PowerSensor sensor;
    sensor.update_interval = Seconds(0.1);
    const auto stale = [](double time) { return time >= 0.03 && time < 10.03 ? 300.0 : 50.0; };
    const PowerIntegral integral = integrate(sampled(-2, 13, 0.01, stale), window(0, 10), sensor);
    CHECK(integral.energy.value() == Approx(3000).epsilon(1e-6));
    CHECK(integral.uncertainty.value() > 10);
}

TEST_CASE("whole-second time stamps count as cut off") {
    PowerSensor sensor;
    sensor.stamp_resolution = Seconds(1);
    const auto ramp = [](double time) { return 100 + 10 * (time + 0.5); };
    const PowerIntegral integral = integrate(sampled(-2, 12, 1, ramp), window(0, 10), sensor);
    CHECK(integral.energy.value() == Approx(1500));
    // Half a second of the 100 W that lie between start and end.
    CHECK(integral.uncertainty.value() > 50);
}

TEST_CASE("a coarse last digit is uncertain for the whole window") {
    PowerSensor sensor;
    sensor.resolution = Watts(1);
    CHECK(integrate(sampled(-1, 11, 0.1, steady), window(0, 10), sensor).uncertainty.value() ==
          Approx(5 + 0.33).margin(0.01));
}

TEST_CASE("a part-time sensor has a wider bound if the power fluctuates") {
    const auto restless = [](double time) { return 200 + 80 * std::sin(time * 47); };
    const Samples samples = sampled(-1, 11, 0.1, restless);
    PowerSensor part_time;
    part_time.seen_share = 0.25;
    CHECK(integrate(samples, window(0, 10), part_time).uncertainty.value() >
          1.5 * integrate(samples, window(0, 10)).uncertainty.value());
}

TEST_CASE("the bound of a smooth curve is small, and its bends are within it") {
    PowerSensor sensor;
    sensor.resolution = Watts(0);
    sensor.stamp_resolution = Seconds(0);
    const auto parabola = [](double time) { return 50 + 0.01 * time * time; };
    const PowerIntegral integral = integrate(sampled(-4, 604, 1, parabola), window(0, 600), sensor);
    const double truth = 50 * 600 + 0.01 / 3 * 600 * 600 * 600;
    // A straight line is above the curve by 0.02 / 12 W on average.
    CHECK(integral.energy.value() - truth == Approx(1).margin(0.01));
    CHECK(integral.uncertainty.value() > 1);
    CHECK(integral.uncertainty.value() < 2 + 8.5); // where the window ends at 3,650 W, a millisecond is as much
}

namespace {

/// A sensor of which a family's table knows the averaging, but a card may differ from its family.
PowerSensor doubted_sensor(double averaging, double update) {
    PowerSensor sensor;
    sensor.averaging = Seconds(averaging);
    sensor.update_interval = Seconds(update);
    sensor.longest_averaging = Seconds(1);
    return sensor;
}

/// What a card shows on a slope that goes on before and after the training: the power `lag` seconds ago.
Samples lagging_slope(double watts_per_second, double lag) {
    return sampled(-1, 21.7, 0.1, [&](double time) { return 250 + watts_per_second * (time - lag - 10); });
}

} // namespace

TEST_CASE("on a steady slope the truth is within the bound whatever the card's real lag is") {
    for (const auto& [averaging, update] : {std::pair{0.01, 0.02}, {0.1, 0.1}, {0.025, 0.1}, {1.0, 0.1}}) {
        for (const double slope : {-20.0, -7.0, -0.5, 0.5, 7.0, 20.0}) {
            for (const double lag : {0.0, 0.015, 0.1, 0.55}) {
                CAPTURE(averaging, update, slope, lag);
                const auto integral =
                    integrate(lagging_slope(slope, lag), window(0, 20), doubted_sensor(averaging, update));
                CHECK(std::abs(integral.energy.value() - 250 * 20) <= integral.uncertainty.value());
            }
        }
    }
}

TEST_CASE("a doubt of the lag costs nothing on a steady load, and a fall at the end limits it") {
    const auto load = [](double time) { return averaged_load(time, 50, 50); };
    const auto slope_until = [](double time) {
        const double inside = std::clamp(time, 0.0, 10.0);
        return 50 * time + 150 * inside + 5 * inside * inside;
    };
    const auto slope = [&](double time) { return slope_until(time) - slope_until(time - 1); };
    const auto uncertainty = [](const Samples& samples, const PowerSensor& sensor) {
        return integrate(samples, window(0, 10), sensor).uncertainty.value();
    };
    PowerSensor sensor = doubted_sensor(1, 0.1);
    PowerSensor certain = sensor;
    certain.longest_averaging = Seconds(0);
    const Samples steady_load = sampled(-2, 13, 0.1, load);
    CHECK(uncertainty(steady_load, sensor) == Approx(uncertainty(steady_load, certain)));
    const Samples falling = sampled(-2, 13, 0.1, slope);
    const Samples going_on = sampled(-2, 13, 0.1, [](double time) { return 200 + 10 * time; });
    CHECK(uncertainty(falling, sensor) - uncertainty(falling, certain) < 20);
    CHECK(uncertainty(going_on, sensor) - uncertainty(going_on, certain) > 0.55 * 100);
}
