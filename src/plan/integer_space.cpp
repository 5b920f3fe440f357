#include "mutation/core/error.hpp"
#include "mutation/plan/portable_math.hpp"
#include "mutation/plan/value_space.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::plan {

namespace {

/// The nearest int64 to a double that holds an integer.
std::int64_t to_integer(double value) {
    constexpr double kEnd = 0x1p63;
    if (value >= kEnd) {
        return std::numeric_limits<std::int64_t>::max();
    }
    return value < -kEnd ? std::numeric_limits<std::int64_t>::min() : static_cast<std::int64_t>(value);
}

/// `low` plus an offset that may be larger than int64 holds.
std::int64_t add_offset(std::int64_t low, std::uint64_t offset) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

} // namespace

IntegerSpace::IntegerSpace(const config::Hyperparameter& hyperparameter)
    : zero_probability_(hyperparameter.zero_probability),
      is_logarithmic_(hyperparameter.distribution == config::Distribution::log_uniform) {
    const config::NumericRange range = hyperparameter.range.value();
    low_ = to_integer(std::ceil(range.min));
    high_ = to_integer(std::floor(range.max));
    is_empty_ = low_ > high_;
    has_extra_zero_ = zero_probability_ > 0 && (is_empty_ || low_ > 0 || high_ < 0);
    if (!is_logarithmic_ || is_empty_) {
        return;
    }
    if (low_ < 1) {
        throw Error(ErrorKind::usage, hyperparameter.name + ": a log_uniform range begins above 0");
    }
    // Half a step beyond both ends, so that an end gets its share like any other integer.
    log_low_ = portable_log(static_cast<double>(low_) - 0.5);
    log_span_ = portable_log(static_cast<double>(high_) + 0.5) - log_low_;
}

std::uint64_t IntegerSpace::size() const {
    const std::uint64_t extra = has_extra_zero_ ? 1 : 0;
    if (is_empty_ || zero_probability_ >= 1) {
        return zero_probability_ >= 1 ? 1 : extra;
    }
    const std::uint64_t steps = static_cast<std::uint64_t>(high_) - static_cast<std::uint64_t>(low_);
    return steps >= kMostValues ? kMostValues : std::min(steps + 1 + extra, kMostValues);
}

Word IntegerSpace::at(std::uint64_t index) const {
    if (zero_probability_ >= 1 || (has_extra_zero_ && index == 0)) {
        return 0;
    }
    return static_cast<Word>(add_offset(low_, index - (has_extra_zero_ ? 1 : 0)));
}

Word IntegerSpace::draw(Engine& engine) const {
    if (zero_probability_ > 0 && (draw_unit(engine) < zero_probability_ || is_empty_)) {
        return 0;
    }
    if (is_logarithmic_) {
        return static_cast<Word>(draw_logarithmic(engine));
    }
    const std::uint64_t steps = static_cast<std::uint64_t>(high_) - static_cast<std::uint64_t>(low_);
    const bool is_every_integer = steps == std::numeric_limits<std::uint64_t>::max();
    return static_cast<Word>(add_offset(low_, is_every_integer ? engine() : draw_below(steps + 1, engine)));
}

std::int64_t IntegerSpace::draw_logarithmic(Engine& engine) const {
    constexpr double kExactEnd = 0x1p53;
    const double drawn = portable_exp(log_low_ + draw_unit(engine) * log_span_);
    if (drawn < kExactEnd) {
        return std::clamp(to_integer(std::floor(drawn + 0.5)), low_, high_);
    }
    // Doubles skip integers from here on: what lies between two of them is drawn evenly.
    const double next = std::nextafter(drawn, std::numeric_limits<double>::infinity());
    const std::uint64_t offset = draw_below(static_cast<std::uint64_t>(next - drawn), engine);
    const std::int64_t base = std::clamp(to_integer(drawn), low_, high_);
    const std::uint64_t room = static_cast<std::uint64_t>(high_) - static_cast<std::uint64_t>(base);
    return add_offset(base, std::min(offset, room));
}

} // namespace mutation::plan
