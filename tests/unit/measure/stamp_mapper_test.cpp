#include "catch.hpp"

#include "mutation/measure/stamp_mapper.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

using namespace mutation;
using namespace mutation::measure;

namespace {

constexpr double kEpoch = 1767756000; // nvidia-smi's stamps are of the wall clock
constexpr double kLatency = 0.004;    // between a stamp and its line

MonotonicTime at(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

/// The largest error of the samples' times, when lines are read once in `drain` seconds, and as they come where the
/// mapping is fresh. `wall` says what the wall clock is off by at a moment.
double worst_error(double length, double interval, double drain, const std::function<double(double)>& wall) {
    StampMapper mapper;
    struct Taken {
        double truth;
        double stamp;
        std::uint16_t mapping;
    };
    std::vector<Taken> taken;
    double next_drain = 0;
    double last_arrival = 0;
    for (double time = 0; time < length; time += interval) {
        const double ready = time + kLatency;
        while (next_drain < ready) {
            next_drain += drain;
        }
        last_arrival = std::max(last_arrival, mapper.is_fresh() ? ready : next_drain);
        const double stamp = std::floor((kEpoch + time + wall(time)) * 1000) / 1000;
        taken.push_back({time, stamp, mapper.add(stamp, at(last_arrival))});
    }
    double worst = 0;
    for (const Taken& sample : taken) {
        const double mapped = Seconds(mapper.map(sample.stamp, sample.mapping).time_since_epoch()).count();
        worst = std::max(worst, std::abs(mapped - sample.truth));
    }
    return worst;
}

} // namespace

TEST_CASE("stamps land on the monotonic clock within the line's latency") {
    CHECK(worst_error(60, 0.1, 1, [](double) { return 0.0; }) < 0.01);
    CHECK(worst_error(60, 0.307, 0.9, [](double) { return 0.0; }) < 0.01);
    CHECK(worst_error(60, 1, 0.9, [](double) { return 0.0; }) < 0.01);
}

TEST_CASE("a wall clock that is stepped moves no sample") {
    for (const double step : {-3600.0, -5.0, -1.0, -0.7, 0.6, 0.7, 0.8, 1.0, 1.3, 2.0, 5.0, 3600.0}) {
        for (const double moment : {20.02, 20.33, 20.55, 20.78, 20.97}) {
            for (const double interval : {0.1, 0.307}) {
                CAPTURE(step, moment, interval);
                CHECK(worst_error(60, interval, 1, [&](double time) { return time < moment ? 0 : step; }) < 0.11);
            }
        }
    }
}

TEST_CASE("a clock that is stepped to and fro is followed") {
    CHECK(worst_error(90, 0.1, 0.9, [](double time) {
              return time < 20 ? 0.0 : time < 40 ? 3600.0 : time < 60 ? -2.0 : 0.0;
          }) < 0.11);
}

TEST_CASE("a sampler that was held up is no stepped clock") {
    StampMapper mapper;
    std::vector<std::uint16_t> mappings;
    double time = 0;
    for (int i = 0; i < 100; ++i, time += i == 50 ? 7 : 0.1) {
        mappings.push_back(mapper.add(kEpoch + time, at(time + kLatency)));
    }
    for (int i = 0; i < 100; ++i) {
        const double truth = i < 50 ? i * 0.1 : 4.9 + 7 + (i - 50) * 0.1;
        const double stamp = kEpoch + truth;
        const double mapped = Seconds(mapper.map(stamp, mappings[i]).time_since_epoch()).count();
        CHECK(std::abs(mapped - truth) < 0.01);
    }
}

TEST_CASE("a line that comes late keeps its own time") {
    StampMapper mapper;
    for (int i = 0; i < 50; ++i) {
        static_cast<void>(mapper.add(kEpoch + i * 0.1, at(i * 0.1 + kLatency)));
    }
    const double late = kEpoch + 4.6; // 0.3 s late, behind newer ones
    const std::uint16_t mapping = mapper.add(late, at(4.9 + kLatency));
    CHECK(std::abs(Seconds(mapper.map(late, mapping).time_since_epoch()).count() - 4.6) < 0.01);
}

TEST_CASE("eight GPUs' lines of one query share their mapping") {
    StampMapper mapper;
    std::uint16_t mapping = 0;
    for (int i = 0; i < 100; ++i) {
        for (int gpu = 0; gpu < 8; ++gpu) {
            mapping = mapper.add(kEpoch + i * 0.1 + gpu * 0.001, at(i * 0.1 + 0.02));
        }
    }
    CHECK(mapping == 0);
}
