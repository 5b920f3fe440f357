#include "mutation/plan/integer_space.hpp"

#include "mutation/core/error.hpp"
#include "mutation/plan/portable_math.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::plan {

IntegerSpace::IntegerSpace(const config::Hyperparameter& hyperparameter)
    : zero_probability_(hyperparameter.zero_probability),
      is_logarithmic_(hyperparameter.distribution == config::Distribution::log_uniform) {
    const config::NumericRange range = hyperparameter.range.value();
    low_ = static_cast<std::int64_t>(std::ceil(range.min));
    high_ = static_cast<std::int64_t>(std::floor(range.max));
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
    if (zero_probability_ >= 1) {
        return 1;
    }
    return (is_empty_ ? 0 : static_cast<std::uint64_t>(high_ - low_) + 1) + (has_extra_zero_ ? 1 : 0);
}

std::int64_t IntegerSpace::at(std::uint64_t index) const {
    if (zero_probability_ >= 1 || (has_extra_zero_ && index == 0)) {
        return 0;
    }
    return low_ + static_cast<std::int64_t>(index) - (has_extra_zero_ ? 1 : 0);
}

std::int64_t IntegerSpace::draw(Engine& engine) const {
    if (zero_probability_ > 0 && (draw_unit(engine) < zero_probability_ || is_empty_)) {
        return 0;
    }
    if (is_logarithmic_) {
        const double drawn = portable_exp(log_low_ + draw_unit(engine) * log_span_);
        return std::clamp(static_cast<std::int64_t>(std::floor(drawn + 0.5)), low_, high_);
    }
    return low_ + static_cast<std::int64_t>(draw_below(static_cast<std::uint64_t>(high_ - low_) + 1, engine));
}

} // namespace mutation::plan
