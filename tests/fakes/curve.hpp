#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mutation::fakes {

/// A power over time whose integral is known exactly, so that a measured energy can be held against the truth.
/// Times in seconds, powers in watts.
struct Curve {
    enum class Kind { constant, square, ramp, sine, saw };

    Kind kind = Kind::constant;
    double level = 0;     ///< the base
    double amplitude = 0; ///< what is added at most (sine: +-)
    double period = 1;    ///< ramp: how long it rises
    double phase = 0;     ///< where the first period begins
    double duty = 0.5;    ///< square: share of the period that is high

    [[nodiscard]] double power(double time) const {
        const double x = time - phase;
        const double part = x / period - std::floor(x / period);
        switch (kind) {
        case Kind::constant:
            return level;
        case Kind::square:
            return level + (part < duty ? amplitude : 0);
        case Kind::ramp:
            return level + amplitude * (x <= 0 ? 0 : x >= period ? 1 : x / period);
        case Kind::sine:
            return level + amplitude * std::sin(kTwoPi * x / period);
        case Kind::saw:
            return level + amplitude * part;
        }
        return level;
    }

    /// Joules between two times.
    [[nodiscard]] double integral(double from, double to) const { return primitive(to) - primitive(from); }

    /// Mean watts over the `window` seconds before `time`; the power itself for a window of 0.
    [[nodiscard]] double mean_before(double time, double window) const {
        return window > 0 ? integral(time - window, time) / window : power(time);
    }

private:
    static constexpr double kTwoPi = 6.283185307179586;

    [[nodiscard]] double primitive(double time) const {
        const double x = time - phase;
        const double whole = std::floor(x / period);
        const double rest = x - whole * period;
        const double base = level * x;
        switch (kind) {
        case Kind::constant:
            return base;
        case Kind::square:
            return base + amplitude * (whole * duty * period + std::fmin(rest, duty * period));
        case Kind::ramp:
            if (x <= 0)
                return base;
            return base + amplitude * (x <= period ? x * x / (2 * period) : x - period / 2);
        case Kind::sine:
            return base - amplitude * period / kTwoPi * std::cos(kTwoPi * x / period);
        case Kind::saw:
            return base + amplitude * (whole * period / 2 + rest * rest / (2 * period));
        }
        return base;
    }
};

/// `{"kind": "sine", "level": 200, "amplitude": 50, "period": 3}`, or a bare number for a constant.
inline Curve curve_from_json(const nlohmann::json& json) {
    Curve curve;
    if (json.is_number()) {
        curve.level = json.get<double>();
        return curve;
    }
    const auto kind = json.value("kind", std::string("constant"));
    if (kind == "square")
        curve.kind = Curve::Kind::square;
    else if (kind == "ramp")
        curve.kind = Curve::Kind::ramp;
    else if (kind == "sine")
        curve.kind = Curve::Kind::sine;
    else if (kind == "saw")
        curve.kind = Curve::Kind::saw;
    curve.level = json.value("level", curve.level);
    curve.amplitude = json.value("amplitude", curve.amplitude);
    curve.period = json.value("period", curve.period);
    curve.phase = json.value("phase", curve.phase);
    curve.duty = json.value("duty", curve.duty);
    return curve;
}

/// One curve, or a list of them that add up.
class CurveSum {
public:
    explicit CurveSum(const nlohmann::json& json) {
        for (const auto& one : json.is_array() ? json : nlohmann::json::array({json}))
            curves_.push_back(curve_from_json(one));
    }

    [[nodiscard]] double integral(double from, double to) const {
        double sum = 0;
        for (const Curve& curve : curves_)
            sum += curve.integral(from, to);
        return sum;
    }
    [[nodiscard]] double mean_before(double time, double window) const {
        double sum = 0;
        for (const Curve& curve : curves_)
            sum += curve.mean_before(time, window);
        return sum;
    }

private:
    std::vector<Curve> curves_;
};

} // namespace mutation::fakes
