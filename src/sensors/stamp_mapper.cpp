#include "mutation/sensors/stamp_mapper.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::sensors {

namespace {

constexpr double kJump = 0.5;
/// A new offset that is lower than the old one by less than this comes from a better line, not from a stepped clock.
constexpr double kImprovement = kJump / 2;
/// Stamps may come out of order by so much.
constexpr double kLeastReturn = 0.1;
constexpr double kFreshTime = 1; // seconds
/// Our own clocks are read more closely than this.
constexpr double kLeastStep = 0.01;
/// A line that was stamped so long after a step was noticed was stamped behind it ...
constexpr double kDoubtMargin = 0.1;
/// ... and so long after that there are none in doubt.
constexpr double kLongestDoubt = 5;
constexpr double kLongestStep = 2;
constexpr double kStepMemory = 0.99; // a line; several GPUs' lines share a stamp

double to_seconds(MonotonicTime time) {
    return Seconds(time.time_since_epoch()).count();
}

} // namespace

std::uint16_t StampMapper::add(double stamp, MonotonicTime arrival, Seconds wall_lead) {
    const double arrived = to_seconds(arrival);
    const double lead = wall_lead.count();
    if (mappings_.empty()) {
        wall_lead_ = lead;
    }
    if (std::abs(lead - wall_lead_) >= kLeastStep) {
        expect_step(lead - wall_lead_, arrived);
        wall_lead_ = lead;
    }
    const std::uint16_t mapping = step_ ? take_doubtful(stamp, arrived) : take_clear(stamp, arrived);
    last_stamp_ = stamp;
    is_fresh_ = arrived - begun_ < kFreshTime;
    return mapping;
}

std::uint16_t StampMapper::take_clear(double stamp, double arrival) {
    const double offset = arrival - stamp;
    const double step = stamp - last_stamp_;
    const bool is_first = mappings_.empty();
    if (is_first || has_stepped(step, offset)) {
        begin(offset, false, arrival);
    } else if (step > usual_step_ + kJump) {
        // Read late, the first lines after a step cannot be told from those of a sampler that was held up; the
        // following ones tell. Until then they must not draw the old mapping's offset along.
        begin(offset, true, arrival);
    }
    double& least = mappings_[mappings_.back().root].offset;
    least = std::min(least, offset);
    usual_step_ = is_first ? 0 : std::max(usual_step_ * kStepMemory, std::min(step, kLongestStep));
    if (!is_first) {
        spacings_[spacing_count_++ % kRecentSpacings] = step;
    }
    return static_cast<std::uint16_t>(mappings_.size() - 1);
}

/// Lines that are read from now on may have been stamped before the step as well as behind it.
void StampMapper::expect_step(double size, double arrival) {
    settle_step();
    if (mappings_.size() + 1 >= UINT16_MAX) {
        return;
    }
    settle_newest();
    const std::size_t before = mappings_.back().root;
    const std::size_t after = mappings_.size();
    mappings_.push_back({mappings_[before].offset - size, false, after});
    step_ = KnownStep{size, arrival, before, after, std::nullopt, 0, after, 0};
    begun_ = arrival; // to be read as they come: that leaves few in doubt
}

/// The step lies where it explains a spacing best; until one is better explained with it than without, it is to come.
std::uint16_t StampMapper::take_doubtful(double stamp, double arrival) {
    if (mappings_.size() < UINT16_MAX) {
        mappings_.push_back({0, false, step_->first_behind ? step_->after : step_->before});
    }
    const std::size_t line = mappings_.size() - 1;
    const double spacing = stamp - last_stamp_;
    const double strangeness = std::abs(spacing - usual_spacing());
    const double misfit = std::abs(spacing - step_->size - usual_spacing());
    if (misfit < strangeness && (!step_->first_behind || misfit < step_->misfit)) {
        step_->misfit = misfit;
        place_step(line);
    }
    if (step_->widest == step_->after || spacing > step_->widest_spacing) {
        step_->widest = line;
        step_->widest_spacing = spacing;
    }
    const double earliest = stamp + std::min(mappings_[step_->before].offset, mappings_[step_->after].offset);
    if (earliest > step_->noticed + kDoubtMargin || arrival > step_->noticed + kLongestDoubt) {
        settle_step();
    }
    return static_cast<std::uint16_t>(line);
}

void StampMapper::place_step(std::size_t first_behind) {
    step_->first_behind = first_behind;
    for (std::size_t line = step_->after + 1; line < mappings_.size(); ++line) {
        mappings_[line].root = line < first_behind ? step_->before : step_->after;
    }
}

void StampMapper::settle_step() {
    if (!step_) {
        return;
    }
    if (!step_->first_behind) { // hidden in a pause of the sampler
        place_step(step_->widest);
    }
    step_.reset();
}

double StampMapper::usual_spacing() const {
    std::array<double, kRecentSpacings> sorted = spacings_;
    const auto count = static_cast<std::ptrdiff_t>(std::min(spacing_count_, kRecentSpacings));
    std::nth_element(sorted.begin(), sorted.begin() + count / 2, sorted.begin() + count);
    return count == 0 ? 0 : sorted[static_cast<std::size_t>(count / 2)];
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
    const bool leaps_ahead = !mappings_.back().is_suspected && offset < mappings_[mappings_.back().root].offset - kJump;
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

} // namespace mutation::sensors
