#pragma once

#include <ctime>

namespace mutation::fakes {

/// One moment on both clocks, in seconds.
struct Moment {
    double monotonic = 0;
    double realtime = 0;
};

/// Read so that next to nothing came between the two, however loaded the machine is: the best of some tries.
inline Moment moment_now() {
    constexpr double kAtOnce = 20e-6;
    constexpr int kTries = 20;
    const auto read = [](clockid_t clock) {
        timespec now{};
        clock_gettime(clock, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    };
    Moment best;
    double shortest = 1e9;
    for (int i = 0; i < kTries && shortest > kAtOnce; ++i) {
        const Moment moment{read(CLOCK_MONOTONIC), read(CLOCK_REALTIME)};
        const double length = read(CLOCK_MONOTONIC) - moment.monotonic;
        if (length < shortest) {
            shortest = length;
            best = moment;
        }
    }
    return best;
}

} // namespace mutation::fakes
