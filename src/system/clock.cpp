#include "mutation/system/clock.hpp"

#include <cmath>
#include <ctime>
#include <fmt/format.h>

namespace mutation::system {

namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct LocalTime {
    std::tm fields{};
    long microseconds = 0;
};

LocalTime to_local(WallTime time) {
    const auto since_epoch = time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const auto whole = static_cast<std::time_t>(seconds.count());
    LocalTime local;
    ::localtime_r(&whole, &local.fields);
    local.microseconds =
        static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(since_epoch - seconds).count());
    return local;
}

} // namespace

Seconds wall_lead() {
    // An interruption between the readings would add a false difference, so the quickest of a few tries counts.
    constexpr int kTries = 5;
    constexpr std::chrono::microseconds kQuick{20};
    std::chrono::nanoseconds least = std::chrono::nanoseconds::max();
    std::chrono::nanoseconds lead{0};
    for (int i = 0; i < kTries && least > kQuick; ++i) {
        const std::chrono::nanoseconds before = read_clock(CLOCK_MONOTONIC);
        const std::chrono::nanoseconds wall = read_clock(CLOCK_REALTIME);
        const std::chrono::nanoseconds length = read_clock(CLOCK_MONOTONIC) - before;
        if (length < least) {
            least = length;
            lead = wall - before - length / 2;
        }
    }
    return lead;
}

MonotonicTime monotonic_now() {
    return MonotonicTime(read_clock(CLOCK_MONOTONIC));
}

WallTime wall_now() {
    return WallTime(read_clock(CLOCK_REALTIME));
}

std::string format_local(WallTime time) {
    const LocalTime local = to_local(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", local.fields.tm_year + 1900,
                       local.fields.tm_mon + 1, local.fields.tm_mday, local.fields.tm_hour, local.fields.tm_min,
                       local.fields.tm_sec, local.microseconds);
}

std::string format_iso(WallTime time) {
    const long offset = to_local(time).fields.tm_gmtoff;
    const long minutes = std::labs(offset) / 60;
    return fmt::format("{}{}{:02}:{:02}", format_local(time), offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string format_compact(WallTime time) {
    const std::tm fields = to_local(time).fields;
    return fmt::format("{:04}{:02}{:02}_{:02}{:02}{:02}", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday,
                       fields.tm_hour, fields.tm_min, fields.tm_sec);
}

double epoch_seconds(WallTime time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

} // namespace mutation::system
