#include "mutation/plan/real_space.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/plan/decimal_grid.hpp"
#include "mutation/plan/portable_math.hpp"

#include <algorithm>

namespace mutation::plan {

namespace {

/// Grid values in (0, limit).
std::uint64_t count_below(double limit) {
    if (limit <= 0) {
        return 0;
    }
    const std::uint64_t rank = grid_rank(limit);
    return rank - (round_to_grid(limit) == limit ? 1 : 0);
}

/// Grid values in (0, limit].
std::uint64_t count_up_to(double limit) {
    return limit > 0 ? grid_rank(limit) : 0;
}

} // namespace

RealSpace::RealSpace(const config::Hyperparameter& hyperparameter)
    : zero_probability_(hyperparameter.zero_probability),
      is_logarithmic_(hyperparameter.distribution == config::Distribution::log_uniform) {
    min_ = hyperparameter.range.value().min + 0.0; // -0.0 becomes 0.0
    max_ = hyperparameter.range.value().max + 0.0;
    if (!(min_ <= max_)) {
        throw Error(ErrorKind::usage, hyperparameter.name + ": the range " + format_shortest(min_) + " to " +
                                          format_shortest(max_) + " is empty; give its smaller end first");
    }
    if (is_logarithmic_) {
        if (min_ <= 0) {
            throw Error(ErrorKind::usage, hyperparameter.name + ": a log_uniform range begins above 0");
        }
        log_min_ = portable_log(min_);
        log_span_ = portable_log(max_) - log_min_;
    }
    if (zero_probability_ < 1) {
        count_grid();
    }
    add_extras(zero_probability_);
}

void RealSpace::count_grid() {
    skipped_positives_ = count_below(min_);
    positives_ = count_up_to(max_) - std::min(skipped_positives_, count_up_to(max_));
    skipped_negatives_ = count_below(-max_);
    negatives_ = count_up_to(-min_) - std::min(skipped_negatives_, count_up_to(-min_));
}

void RealSpace::add_extras(double zero_probability) {
    if (zero_probability >= 1) {
        extras_.push_back(0);
        return;
    }
    const bool holds_zero = min_ <= 0 && max_ >= 0;
    if (holds_zero || zero_probability > 0) {
        extras_.push_back(0);
    }
    // An end off the grid comes up only if values near it round out of the range and are clipped back.
    if (round_to_grid(min_) < min_) {
        extras_.push_back(min_);
    }
    if (round_to_grid(max_) > max_) {
        extras_.push_back(max_);
    }
}

double RealSpace::at(std::uint64_t index) const {
    if (index < negatives_) {
        return -grid_value(skipped_negatives_ + negatives_ - index);
    }
    if (index < negatives_ + positives_) {
        return grid_value(skipped_positives_ + 1 + (index - negatives_));
    }
    return extras_[index - negatives_ - positives_];
}

double RealSpace::draw(Engine& engine) const {
    if (zero_probability_ > 0 && draw_unit(engine) < zero_probability_) {
        return 0.0;
    }
    const double drawn = std::clamp(draw_in_range(engine), min_, max_);
    return std::clamp(round_to_grid(drawn), min_, max_) + 0.0;
}

double RealSpace::draw_in_range(Engine& engine) const {
    if (is_logarithmic_) {
        return portable_exp(log_min_ + draw_unit(engine) * log_span_);
    }
    if (min_ < 0 && max_ > 0) {
        // Each side from 0 outwards: values near 0 keep their digits, and max - min cannot overflow.
        const double negative_share = (min_ / 2) / (min_ / 2 - max_ / 2);
        const bool is_negative = draw_unit(engine) < negative_share;
        return draw_fine_unit(engine) * (is_negative ? min_ : max_);
    }
    const double near_end = min_ >= 0 ? min_ : max_;
    const double far_end = min_ >= 0 ? max_ : min_;
    return near_end + draw_fine_unit(engine) * (far_end - near_end);
}

} // namespace mutation::plan
