#include "mutation/sensors/stamp_mapper.hpp"

#include <cmath>

namespace mutation::sensors {

namespace {

/// All time zones differ from UTC by a multiple of this, seconds.
constexpr double kZoneStep = 900;
/// A line that is read later than this does not show the zone, seconds.
constexpr double kLatestForZone = 2;
/// Our two clocks are read more closely together than this, seconds.
constexpr double kClockError = 0.01;
/// A line that arrives so long before its time, or goes back by so much, was stamped by a clock that is not ours.
constexpr double kOtherClock = 0.5;

double to_seconds(MonotonicTime time) {
    return Seconds(time.time_since_epoch()).count();
}

/// The zone, if the line was read soon after it was stamped. `ahead`: of the wall clock at the reading.
std::optional<double> zone_of(double ahead) {
    const double zone = std::floor((ahead + kClockError) / kZoneStep) * kZoneStep;
    return ahead - zone < kLatestForZone ? std::optional(zone) : std::nullopt;
}

} // namespace

MonotonicTime StampMapper::map(double stamp, MonotonicTime arrival, Seconds wall_lead) {
    const double arrived = to_seconds(arrival);
    const bool is_first = !zone_;
    if (is_first || arrived != arrival_) {
        lead_before_ = is_first ? wall_lead.count() : lead_;
        lead_ = wall_lead.count();
        arrival_ = arrived;
    }
    double time = zone_ ? choose_time(stamp) : 0;
    const bool is_possible = zone_ && time <= arrived + kOtherClock && time >= last_ - kOtherClock;
    if (!is_possible || !is_zone_whole_) {
        const double ahead = arrived + lead_ - stamp;
        const std::optional<double> whole = zone_of(ahead);
        is_zone_whole_ = whole.has_value();
        zone_ = whole ? *whole : is_possible ? *zone_ : ahead;
        time = stamp + *zone_ - lead_;
    }
    spacing_ = is_first ? 0 : time - last_;
    last_ = time;
    return MonotonicTime(std::chrono::nanoseconds(std::llround(time * 1e9)));
}

double StampMapper::choose_time(double stamp) const {
    const double time = stamp + *zone_ - lead_;
    const double before_step = stamp + *zone_ - lead_before_;
    const double expected = last_ + spacing_;
    const bool has_stepped = std::abs(lead_ - lead_before_) > kClockError;
    return has_stepped && std::abs(before_step - expected) < std::abs(time - expected) ? before_step : time;
}

} // namespace mutation::sensors
