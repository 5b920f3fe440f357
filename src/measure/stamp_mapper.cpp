#include "mutation/measure/stamp_mapper.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::measure {

namespace {

constexpr double kJump = 0.5;

double to_seconds(MonotonicTime time) {
    return Seconds(time.time_since_epoch()).count();
}

} // namespace

std::uint16_t StampMapper::add(double stamp, MonotonicTime arrival) {
    const double offset = to_seconds(arrival) - stamp;
    // Forward: the line would have arrived before it was stamped. Backward: stamps themselves go back.
    const bool has_jumped = !offsets_.empty() && (offset < offsets_.back() - kJump || stamp < last_stamp_ - kJump);
    if (offsets_.empty() || has_jumped) {
        if (offsets_.size() < UINT16_MAX) {
            offsets_.push_back(offset);
        }
        since_new_ = 0;
    }
    offsets_.back() = std::min(offsets_.back(), offset);
    last_stamp_ = stamp;
    ++since_new_;
    return static_cast<std::uint16_t>(offsets_.size() - 1);
}

MonotonicTime StampMapper::map(double stamp, std::uint16_t mapping) const {
    return MonotonicTime(std::chrono::nanoseconds(std::llround((stamp + offsets_[mapping]) * 1e9)));
}

} // namespace mutation::measure
