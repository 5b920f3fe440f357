#include "catch.hpp"

#include "mutation/sensors/stamp_mapper.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

using namespace mutation;
using namespace mutation::sensors;

namespace {

constexpr double kEpoch = 1767756000; // nvidia-smi's stamps are of the wall clock
constexpr double kLatency = 0.004;    // between a stamp and its line

MonotonicTime at_second(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

/// How lines come to be and to be read.
struct Course {
    double length = 60; ///< seconds
    double interval = 0.1;
    double drain = 1;           ///< lines are read once in so long, and as they come where the mapping is fresh
    double jitter = 0;          ///< the intervals are longer by up to that, and now and then by 20 times that
    double backlog = 0;         ///< lines become readable up to so much later
    bool is_lead_known = false; ///< whether our own clocks show what the wall clock is off by
};

/// Numbers from 0 to 1 that look like chance, the same in every run.
double scatter(int n) {
    const double x = std::sin(n * 12.9898) * 43758.5453;
    return x - std::floor(x);
}

/// The largest error of the samples' times. `wall` says what the wall clock is off by at a moment.
double worst_error(const Course& course, const std::function<double(double)>& wall) {
    StampMapper mapper;
    struct Taken {
        double truth;
        double stamp;
        std::uint16_t mapping;
    };
    std::vector<Taken> taken;
    double next_drain = 0;
    double last_arrival = 0;
    double time = 0;
    for (int n = 0; time < course.length; ++n) {
        const double ready = time + kLatency + course.backlog * scatter(n / 7) * (time > 2 ? 1 : 0);
        while (next_drain < ready) {
            next_drain += course.drain;
        }
        last_arrival = std::max(last_arrival, mapper.is_fresh() ? ready : next_drain);
        const double stamp = std::floor((kEpoch + time + wall(time)) * 1000) / 1000;
        const Seconds lead(course.is_lead_known ? kEpoch + wall(last_arrival) : kEpoch);
        taken.push_back({time, stamp, mapper.add(stamp, at_second(last_arrival), lead)});
        const bool is_held_up = n % 50 == 49;
        time += course.interval + course.jitter * scatter(n) * (is_held_up ? 20 : 1);
    }
    double worst = 0;
    for (const Taken& sample : taken) {
        const double mapped = Seconds(mapper.map(sample.stamp, sample.mapping).time_since_epoch()).count();
        worst = std::max(worst, std::abs(mapped - sample.truth));
    }
    return worst;
}

double no_step(double) {
    return 0;
}

} // namespace

TEST_CASE("time stamps are mapped to the monotonic clock within the line's latency") {
    CHECK(worst_error({.interval = 0.1}, no_step) < 0.01);
    CHECK(worst_error({.interval = 0.307, .drain = 0.9}, no_step) < 0.01);
    CHECK(worst_error({.interval = 1, .drain = 0.9}, no_step) < 0.01);
}

TEST_CASE("a step of the time stamps' clock that ours do not show moves no sample") {
    for (const double step : {-3600.0, -5.0, -1.0, -0.7, 0.6, 0.7, 0.8, 1.0, 1.3, 2.0, 5.0, 3600.0}) {
        for (const double moment : {20.02, 20.33, 20.55, 20.78, 20.97}) {
            for (const double interval : {0.1, 0.307}) {
                CAPTURE(step, moment, interval);
                CHECK(worst_error({.interval = interval}, [&](double time) { return time < moment ? 0 : step; }) <
                      0.11);
            }
        }
    }
}

TEST_CASE("a step of the wall clock is undone, however small") {
    for (const double step : {0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 5.0, 3600.0}) {
        for (const double sign : {-1, 1}) {
            for (const double moment : {20.02, 20.33, 20.55, 20.78, 20.97, 21.0}) {
                for (const double interval : {0.05, 0.1, 0.307, 1.0}) {
                    CAPTURE(step, sign, moment, interval);
                    Course course{.interval = interval, .is_lead_known = true};
                    const auto wall = [&](double time) { return time < moment ? 0 : sign * step; };
                    CHECK(worst_error(course, wall) < 0.02);
                    course.drain = 0.9;
                    course.jitter = interval / 5;
                    CHECK(worst_error(course, wall) < 0.02);
                }
            }
        }
    }
}

TEST_CASE("a step during a pause of the sampler is undone") {
    for (const double step : {-0.3, 0.3}) {
        for (const double pause : {1.5, 3.0}) {
            CAPTURE(step, pause);
            StampMapper mapper;
            std::vector<std::uint16_t> mappings;
            std::vector<double> times;
            double time = 0;
            for (int n = 0; n < 200; ++n, time += n == 100 ? pause : 0.1) {
                const double wall = n < 100 ? 0 : step;
                times.push_back(time);
                mappings.push_back(mapper.add(kEpoch + time + wall, at_second(time + kLatency), Seconds(wall)));
            }
            for (int n = 0; n < 200; ++n) {
                const double stamp = kEpoch + times[n] + (n < 100 ? 0 : step);
                const double mapped = Seconds(mapper.map(stamp, mappings[n]).time_since_epoch()).count();
                CAPTURE(n);
                CHECK(std::abs(mapped - times[n]) < 0.02);
            }
        }
    }
}

TEST_CASE("late lines and delayed samplers are not a step") {
    for (const double interval : {0.05, 0.1, 0.307}) {
        for (const double delay : {0.15, 0.4, 1.0, 3.0}) {
            CAPTURE(interval, delay);
            CHECK(worst_error({.interval = interval, .backlog = delay, .is_lead_known = true}, no_step) < 0.02);
            CHECK(worst_error({.interval = interval, .jitter = delay / 20, .is_lead_known = true}, no_step) < 0.02);
        }
    }
}

TEST_CASE("a clock that is stepped back and forth is followed") {
    const auto wall = [](double time) { return time < 20 ? 0.0 : time < 40 ? 3600.0 : time < 60 ? -2.0 : 0.0; };
    CHECK(worst_error({.length = 90, .drain = 0.9}, wall) < 0.11);
    CHECK(worst_error({.length = 90, .drain = 0.9, .is_lead_known = true}, wall) < 0.02);
    const auto ticks = [](double time) { return time < 20 ? 0.0 : time < 20.4 ? 0.3 : time < 40 ? -0.2 : 0.25; };
    CHECK(worst_error({.length = 90, .drain = 0.2, .is_lead_known = true}, ticks) < 0.02);
}

TEST_CASE("a delayed sampler is not a stepped clock") {
    StampMapper mapper;
    std::vector<std::uint16_t> mappings;
    double time = 0;
    for (int i = 0; i < 100; ++i, time += i == 50 ? 7 : 0.1) {
        mappings.push_back(mapper.add(kEpoch + time, at_second(time + kLatency), Seconds(0)));
    }
    for (int i = 0; i < 100; ++i) {
        const double truth = i < 50 ? i * 0.1 : 4.9 + 7 + (i - 50) * 0.1;
        const double stamp = kEpoch + truth;
        const double mapped = Seconds(mapper.map(stamp, mappings[i]).time_since_epoch()).count();
        CHECK(std::abs(mapped - truth) < 0.01);
    }
}

TEST_CASE("a late line keeps its own time") {
    StampMapper mapper;
    for (int i = 0; i < 50; ++i) {
        static_cast<void>(mapper.add(kEpoch + i * 0.1, at_second(i * 0.1 + kLatency), Seconds(0)));
    }
    const double late = kEpoch + 4.6; // 0.3 s late, behind newer ones
    const std::uint16_t mapping = mapper.add(late, at_second(4.9 + kLatency), Seconds(0));
    CHECK(std::abs(Seconds(mapper.map(late, mapping).time_since_epoch()).count() - 4.6) < 0.01);
}

TEST_CASE("the lines of one query of eight GPUs share their mapping") {
    StampMapper mapper;
    std::uint16_t mapping = 0;
    for (int i = 0; i < 100; ++i) {
        for (int gpu = 0; gpu < 8; ++gpu) {
            mapping = mapper.add(kEpoch + i * 0.1 + gpu * 0.001, at_second(i * 0.1 + 0.02), Seconds(0));
        }
    }
    CHECK(mapping == 0);
}
