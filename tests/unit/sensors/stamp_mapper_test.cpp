#include "catch.hpp"

#include "mutation/sensors/stamp_mapper.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

using namespace mutation;
using namespace mutation::sensors;

namespace {

constexpr double kEpoch = 1767756000; // the wall clock at monotonic 0
constexpr double kLatency = 0.004;    // between a stamp and its line
constexpr double kZone = 20700;       // Nepal is 5:45 ahead of UTC

using Offset = std::function<double(double time)>;

double nothing(double) {
    return 0;
}

MonotonicTime at_second(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

/// How lines are stamped and read.
struct Course {
    double interval = 0.1;
    double drain = 1;         ///< lines are read once in so long
    Offset wall = nothing;    ///< by how much the wall clock was put ahead at a moment
    Offset zone = nothing;    ///< by how much the local time was put ahead at a moment, without the wall clock
    Offset backlog = nothing; ///< by how much later a line becomes readable
};

/// The largest error of the samples' times over a minute, without those that are stamped from `from` to `to`.
double worst_error(const Course& course, double from = 0, double to = 0) {
    StampMapper mapper;
    double worst = 0;
    double drained = 0;
    for (double time = 0.05; time < 60; time += course.interval) {
        const double readable = time + kLatency + course.backlog(time);
        while (drained < readable) {
            drained += course.drain;
        }
        const double wall = kEpoch + time + course.wall(time);
        const double stamp = std::floor((wall + kZone + course.zone(time)) * 1000) / 1000;
        const MonotonicTime mapped = mapper.map(stamp, at_second(drained), Seconds(kEpoch + course.wall(drained)));
        if (time < from || time > to) {
            worst = std::max(worst, std::abs(Seconds(mapped.time_since_epoch()).count() - time));
        }
    }
    return worst;
}

Offset step_at(double moment, double step) {
    return [=](double time) { return time < moment ? 0 : step; };
}

} // namespace

TEST_CASE("time stamps are put on the monotonic clock, whatever the time zone") {
    for (const double interval : {0.1, 0.307, 1.0}) {
        for (const double drain : {0.02, 0.9}) {
            CAPTURE(interval, drain);
            CHECK(worst_error({.interval = interval, .drain = drain}) < 0.002);
        }
    }
}

TEST_CASE("a wall clock that is set by NTP or after a suspend moves no sample") {
    for (const double step : {-3600.0, -5.0, -0.7, -0.3, -0.15, 0.15, 0.3, 0.7, 5.0, 28800.5}) {
        for (const double moment : {20.02, 20.33, 20.55, 20.78, 20.97, 21.0}) {
            for (const double interval : {0.05, 0.1, 0.307}) {
                CAPTURE(step, moment, interval);
                const bool is_clear = std::abs(step) > interval;
                const double error = worst_error({.interval = interval, .wall = step_at(moment, step)});
                CHECK(error < (is_clear ? 0.002 : std::abs(step) + 0.002));
                CHECK(worst_error({.interval = interval, .wall = step_at(moment, step)}, 20, 21.01) < 0.002);
            }
        }
    }
}

TEST_CASE("a wall clock that is slewed moves no sample") {
    CHECK(worst_error({.wall = [](double time) { return 500e-6 * time; }}) < 0.003);
}

TEST_CASE("a change to summer time or back moves no sample") {
    for (const double change : {-3600.0, -1800.0, 1800.0, 3600.0}) {
        for (const double moment : {20.02, 20.55, 20.97}) {
            CAPTURE(change, moment);
            CHECK(worst_error({.zone = step_at(moment, change)}) < 0.002);
        }
    }
}

TEST_CASE("lines that are read late keep their own time") {
    for (const double delay : {0.3, 1.5, 7.0}) {
        CAPTURE(delay);
        CHECK(worst_error({.backlog = [=](double time) { return time > 20 && time < 25 ? delay : 0; }}) < 0.002);
    }
    CHECK(worst_error({.backlog = [](double time) { return time < 1 ? 3 : 0; }}, 0, 2.1) < 0.002);
}

TEST_CASE("stamps of a clock that is not ours are followed") {
    for (const double step : {-7.3, 7.3}) {
        CAPTURE(step);
        CHECK(worst_error({.drain = 0.1, .zone = step_at(20.02, step)}) < 0.2);
    }
}
