#include "mutation/plan/decimal_grid.hpp"
#include "mutation/plan/mutator.hpp"
#include "mutation/plan/portable_math.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::plan {

namespace {

using config::Distribution;
using config::Hyperparameter;
using config::HyperparameterType;

std::uint64_t saturate(std::uint64_t count) {
    return std::min(count, kCountless);
}

} // namespace

ValueSpace::ValueSpace(const Hyperparameter& hyperparameter) : hyperparameter_(hyperparameter) {
    if (hyperparameter.type == HyperparameterType::choice) {
        count_ = hyperparameter.choices.size();
        return;
    }
    if (hyperparameter.type == HyperparameterType::boolean) {
        count_ = 2;
        return;
    }
    min_ = hyperparameter.range.value_or(config::NumericRange{}).min;
    max_ = hyperparameter.range.value_or(config::NumericRange{}).max;
    const bool is_integer = hyperparameter.type == HyperparameterType::integer;
    // Ends half a step out give the first and last integer the same share as their neighbours.
    const double half = is_integer ? 0.5 : 0;
    if (hyperparameter.distribution == Distribution::log_uniform) {
        log_min_ = portable_log(min_ - half);
        log_max_ = portable_log(max_ + half);
    }
    if (is_integer) {
        count_ = saturate(static_cast<std::uint64_t>(max_ - min_) + 1);
        has_zero_in_range_ = min_ <= 0 && max_ >= 0;
    } else {
        above_ = max_ > 0 ? grid_rank(max_) : 0;
        if (min_ > 0) {
            first_rank_ = grid_rank(min_) + (grid_value(std::max<std::uint64_t>(grid_rank(min_), 1)) == min_ ? 0 : 1);
            above_ = above_ >= first_rank_ ? above_ - first_rank_ + 1 : 0;
        }
        below_ = min_ < 0 ? grid_rank(-min_) : 0;
        if (max_ < 0) {
            const std::uint64_t rank = grid_rank(-max_);
            last_negative_rank_ = rank > 0 && grid_value(rank) == -max_ ? rank - 1 : rank;
            below_ -= std::min(below_, last_negative_rank_);
        }
        has_zero_in_range_ = min_ <= 0 && max_ >= 0;
        has_odd_min_ = round_to_grid(min_) < min_;
        has_odd_max_ = max_ != min_ && round_to_grid(max_) > max_;
        count_ =
            saturate(below_ + above_ + (has_zero_in_range_ ? 1 : 0) + (has_odd_min_ ? 1 : 0) + (has_odd_max_ ? 1 : 0));
        if (count_ ==
            0) { // a range between two values of the grid, both ends rounding inwards cannot be; one point can
            has_odd_min_ = true;
            count_ = 1;
        }
    }
    if (hyperparameter.zero_probability >= 1) {
        count_ = 1;
        has_extra_zero_ = true;
    } else if (hyperparameter.zero_probability > 0 && !has_zero_in_range_) {
        has_extra_zero_ = true;
        ++count_;
    }
}

Value ValueSpace::number(double value) const {
    if (hyperparameter_.type == HyperparameterType::integer) {
        return static_cast<std::int64_t>(value);
    }
    return value == 0 ? 0.0 : value; // never -0
}

Value ValueSpace::at(std::uint64_t index) const {
    if (hyperparameter_.type == HyperparameterType::choice) {
        return hyperparameter_.choices.at(index);
    }
    if (hyperparameter_.type == HyperparameterType::boolean) {
        return index == 1;
    }
    if (has_extra_zero_) {
        if (index == 0) {
            return number(0);
        }
        --index;
    }
    return range_value_at(index);
}

Value ValueSpace::range_value_at(std::uint64_t index) const {
    if (hyperparameter_.type == HyperparameterType::integer) {
        return number(min_ + static_cast<double>(index));
    }
    if (has_odd_min_) {
        if (index == 0) {
            return number(min_);
        }
        --index;
    }
    if (index < below_) {
        return number(-grid_value(last_negative_rank_ + below_ - index));
    }
    index -= below_;
    if (has_zero_in_range_) {
        if (index == 0) {
            return number(0);
        }
        --index;
    }
    return index < above_ ? number(grid_value(first_rank_ + index)) : number(max_);
}

Value ValueSpace::draw(Engine& engine) const {
    if (hyperparameter_.type == HyperparameterType::choice || hyperparameter_.type == HyperparameterType::boolean) {
        return at(draw_below(count_, engine));
    }
    if (hyperparameter_.zero_probability > 0 && draw_unit(engine) < hyperparameter_.zero_probability) {
        return number(0);
    }
    return draw_from_range(engine);
}

Value ValueSpace::draw_from_range(Engine& engine) const {
    const bool is_integer = hyperparameter_.type == HyperparameterType::integer;
    const bool is_logarithmic = hyperparameter_.distribution == Distribution::log_uniform;
    if (is_integer && !is_logarithmic) {
        return number(min_ + static_cast<double>(draw_below(static_cast<std::uint64_t>(max_ - min_) + 1, engine)));
    }
    const double unit = draw_unit(engine);
    const double drawn = is_logarithmic ? portable_exp(log_min_ + unit * (log_max_ - log_min_))
                                        : min_ * (1 - unit) + max_ * unit; // max - min could overflow
    const double rounded = is_integer ? std::floor(drawn + 0.5) : round_to_grid(drawn);
    return number(std::clamp(rounded, min_, max_));
}

} // namespace mutation::plan
