#include "mutation/measure/stamp_mapper.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::measure {

namespace {

constexpr double kJump = 0.5;
/// A new offset that is lower than the old one by less than this comes from a better line, not from a stepped clock.
constexpr double kImprovement = kJump / 2;
/// Stamps may come out of order by so much.
constexpr double kLeastReturn = 0.1;
constexpr double kFreshTime = 1; // seconds
constexpr double kLongestStep = 2;
constexpr double kStepMemory = 0.99; // a line; several GPUs' lines share a stamp

double to_seconds(MonotonicTime time) {
    return Seconds(time.time_since_epoch()).count();
}

} // namespace

std::uint16_t StampMapper::add(double stamp, MonotonicTime arrival) {
    const double arrived = to_seconds(arrival);
    const double offset = arrived - stamp;
    const double step = stamp - last_stamp_;
    if (mappings_.empty() || has_stepped(step, offset)) {
        begin(offset, false, arrived);
    } else if (step > usual_step_ + kJump) {
        // Read late, the first lines after a step cannot be told from those of a sampler that was held up; the
        // following ones tell. Until then they must not draw the old mapping's offset along.
        begin(offset, true, arrived);
    }
    mappings_.back().offset = std::min(mappings_.back().offset, offset);
    const bool is_first = last_stamp_ == 0;
    usual_step_ = is_first ? 0 : std::max(usual_step_ * kStepMemory, std::min(step, kLongestStep));
    last_stamp_ = stamp;
    is_fresh_ = arrived - begun_ < kFreshTime;
    return static_cast<std::uint16_t>(mappings_.size() - 1);
}

MonotonicTime StampMapper::map(double stamp, std::uint16_t mapping) const {
    const Mapping& root = mappings_[mappings_[mapping].root];
    double offset = root.offset;
    const std::size_t newest = mappings_.size() - 1;
    if (is_same_clock()) { // not settled yet, but as good as
        const std::size_t earlier = mappings_[newest - 1].root;
        if (mapping == newest || mappings_[mapping].root == earlier) {
            offset = std::min(mappings_[earlier].offset, mappings_[newest].offset);
        }
    }
    return MonotonicTime(std::chrono::nanoseconds(std::llround((stamp + offset) * 1e9)));
}

bool StampMapper::has_stepped(double step, double offset) const {
    const bool goes_back = step < std::min(-kLeastReturn, usual_step_ - kJump);
    // A line would have arrived before it was stamped. A suspected mapping's first lines were read late, and drop
    // anyway.
    const bool leaps_ahead = !mappings_.back().is_suspected && offset < mappings_.back().offset - kJump;
    return goes_back || leaps_ahead;
}

bool StampMapper::is_same_clock() const {
    return mappings_.size() >= 2 && mappings_.back().is_suspected &&
           mappings_.back().offset > mappings_[mappings_[mappings_.size() - 2].root].offset - kImprovement;
}

void StampMapper::begin(double offset, bool is_suspected, double arrival) {
    if (mappings_.size() == UINT16_MAX) {
        return;
    }
    settle_newest();
    mappings_.push_back({offset, is_suspected, mappings_.size()});
    begun_ = arrival;
}

void StampMapper::settle_newest() {
    if (!is_same_clock()) {
        return;
    }
    const std::size_t earlier = mappings_[mappings_.size() - 2].root;
    mappings_[earlier].offset = std::min(mappings_[earlier].offset, mappings_.back().offset);
    mappings_.back().root = earlier;
}

} // namespace mutation::measure
