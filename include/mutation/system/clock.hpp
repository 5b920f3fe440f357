#pragma once

#include "mutation/core/units.hpp"

#include <string>

namespace mutation::system {

/// The seam through which time is read.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual MonotonicTime monotonic() const = 0;
    [[nodiscard]] virtual WallTime wall() const = 0;
};

/// The machine's clocks.
[[nodiscard]] const Clock& real_clock();
/// What the machine's monotonic clock shows.
[[nodiscard]] MonotonicTime monotonic_now();
/// How far the machine's wall clock is ahead of its monotonic one. It changes by nothing but steps of the wall clock,
/// since time synchronisation that only slows or hastens does so to both.
[[nodiscard]] Seconds wall_lead();

/// ISO 8601 with microseconds and the local offset: `2026-01-07T12:06:42.519258+08:00`.
[[nodiscard]] std::string format_iso(WallTime time);
/// v3.0's form of `timestamp`: local time, microseconds, no zone.
[[nodiscard]] std::string format_local(WallTime time);
/// `20251112_150000`, local time: the name of a session.
[[nodiscard]] std::string format_compact(WallTime time);
/// Seconds since 1970.
[[nodiscard]] double epoch_seconds(WallTime time);

} // namespace mutation::system
