#pragma once

#include "accuracy/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace mutation::accuracy {

enum class Shape { constant, ramp, sine, square, saw, spiky };

inline constexpr std::array kShapes{Shape::constant, Shape::ramp, Shape::sine, Shape::square, Shape::saw, Shape::spiky};

[[nodiscard]] constexpr std::string_view shape_name(Shape shape) {
    constexpr std::array<std::string_view, 6> kNames{"constant", "ramp", "sine", "square", "saw", "spiky"};
    return kNames.at(static_cast<std::size_t>(shape));
}

[[nodiscard]] constexpr bool is_smooth(Shape shape) {
    return shape <= Shape::sine;
}

/// A power with exactly known energy: a shape within a training of `length` seconds that starts at 0. The power
/// outside is idle power, or the same shape if something else keeps the card busy.
class TruePower {
public:
    TruePower(Shape shape, double length, Random& random)
        : shape_(shape), length_(length), low_(random.between(60, 120)), rise_(random.between(50, 250)),
          period_(random.between(0.8, 8)), phase_(random.between(0, 1)), duty_(random.between(0.3, 0.7)),
          idle_(random.between(15, 60)), is_busy_outside_(random.chance(0.5)),
          load_from_(random.chance(0.3) ? random.between(0.5, 2) : 0) {
        if (shape == Shape::sine) {
            period_ *= kSmoothness;
        }
        if (shape == Shape::ramp) {
            period_ = length + 2 * kMargin;
        }
        if (shape == Shape::spiky) {
            add_spikes(random);
        }
    }

    [[nodiscard]] double watts(double time) const { return is_idle(time) ? idle_ : shape_watts(time); }

    /// Joules between two times.
    [[nodiscard]] double joules(double from, double to) const { return joules_until(to) - joules_until(from); }

private:
    static constexpr double kMargin = 5;
    static constexpr double kSmoothness = 4;
    static constexpr double kTwoPi = 6.283185307179586;

    struct Spike {
        double from = 0;
        double to = 0;
    };

    /// Longer than the sampling interval of 0.1 s, and apart from one another.
    void add_spikes(Random& random) {
        for (double time = -kMargin; time < length_ + kMargin;) {
            const double from = time + random.between(0.3, 2);
            spikes_.push_back({from, from + random.between(0.15, 0.6)});
            time = spikes_.back().to;
        }
    }

    /// A training that loads its data first leaves the card idle for a while.
    [[nodiscard]] bool is_idle(double time) const {
        return !is_busy_outside_ && (time < load_from_ || time >= length_);
    }

    [[nodiscard]] double turns(double time) const { return time / period_ + phase_; }

    [[nodiscard]] double shape_watts(double time) const { return low_ + rise_ * shape_level(time); }

    /// Between 0 and 1.
    [[nodiscard]] double shape_level(double time) const {
        const double turn = turns(time) - std::floor(turns(time));
        switch (shape_) {
        case Shape::constant:
            return 1;
        case Shape::ramp:
            return (time + kMargin) / period_;
        case Shape::sine:
            return (1 + std::sin(kTwoPi * turn)) / 2;
        case Shape::square:
            return turn < duty_ ? 1 : 0;
        case Shape::saw:
            return turn;
        case Shape::spiky:
            break;
        }
        return std::any_of(spikes_.begin(), spikes_.end(),
                           [&](const Spike& spike) { return time >= spike.from && time < spike.to; })
                   ? 1
                   : 0;
    }

    /// Integral of the level from any fixed time on.
    [[nodiscard]] double shape_integral(double time) const {
        const double whole = std::floor(turns(time));
        const double turn = turns(time) - whole;
        switch (shape_) {
        case Shape::constant:
            return time;
        case Shape::ramp:
            return (time + kMargin) * (time + kMargin) / (2 * period_);
        case Shape::sine:
            return time / 2 - period_ * std::cos(kTwoPi * turn) / (2 * kTwoPi);
        case Shape::square:
            return period_ * (whole * duty_ + std::min(turn, duty_));
        case Shape::saw:
            return period_ * (whole + turn * turn) / 2;
        case Shape::spiky:
            break;
        }
        double sum = 0;
        for (const Spike& spike : spikes_) {
            sum += std::clamp(time - spike.from, 0.0, spike.to - spike.from);
        }
        return sum;
    }

    [[nodiscard]] double shape_joules(double from, double to) const {
        return low_ * (to - from) + rise_ * (shape_integral(to) - shape_integral(from));
    }

    /// From the training's start on.
    [[nodiscard]] double joules_until(double time) const {
        if (is_busy_outside_) {
            return shape_joules(0, time);
        }
        if (time <= load_from_) {
            return idle_ * time;
        }
        const double loaded = std::min(time, length_);
        return idle_ * (load_from_ + time - loaded) + shape_joules(load_from_, loaded);
    }

    Shape shape_;
    double length_;
    double low_;
    double rise_;
    double period_;
    double phase_;
    double duty_;
    double idle_;
    bool is_busy_outside_;
    double load_from_;
    std::vector<Spike> spikes_;
};

} // namespace mutation::accuracy
