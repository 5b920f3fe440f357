#pragma once

#include "mutation/core/units.hpp"

#include <string>

namespace mutation::system {

[[nodiscard]] MonotonicTime monotonic_now();
[[nodiscard]] WallTime wall_now();
/// How far the wall clock is ahead of the monotonic one. Only a step of the wall clock changes it, since time
/// synchronisation that slows down or speeds up the clocks does so with both.
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
