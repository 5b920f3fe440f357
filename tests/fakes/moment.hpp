#pragma once

#include <ctime>

namespace mutation::fakes {

/// One moment on both clocks, in seconds.
struct Moment {
    double monotonic = 0;
    double realtime = 0;
};

/// Read so that nothing came between the two, however loaded the machine is.
inline Moment moment_now() {
    constexpr double kAtOnce = 20e-6;
    const auto read = [](clockid_t clock) {
        timespec now{};
        clock_gettime(clock, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    };
    Moment moment;
    double after = 0;
    for (int tries = 0; tries == 0 || (tries < 1000 && after - moment.monotonic > kAtOnce); ++tries) {
        moment.monotonic = read(CLOCK_MONOTONIC);
        moment.realtime = read(CLOCK_REALTIME);
        after = read(CLOCK_MONOTONIC);
    }
    return moment;
}

} // namespace mutation::fakes
