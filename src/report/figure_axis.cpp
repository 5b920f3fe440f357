#include "figure_axis.hpp"

#include "number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mutation::report {

FigureAxis::FigureAxis(AxisScale scale, std::span<const double> values, double from, double to)
    : scale_(scale), from_(from), to_(to) {
    constexpr double kMargin = .06;
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const double low = scaled(*least);
    const double high = scaled(*greatest);
    const double room = high > low ? (high - low) * kMargin : std::max(std::abs(high) * .1, .1);
    low_ = low - room;
    high_ = high + room;
    if (scale == AxisScale::logarithmic) {
        add_log_ticks(std::exp(low_), std::exp(high_));
    } else {
        add_linear_ticks(low_, high_);
    }
}

double FigureAxis::scaled(double value) const {
    return scale_ == AxisScale::logarithmic ? std::log(value) : value;
}

double FigureAxis::place(double value) const {
    return from_ + (scaled(value) - low_) / (high_ - low_) * (to_ - from_);
}

void FigureAxis::add_linear_ticks(double low, double high) {
    constexpr double kWanted = 5;
    const double raw = (high - low) / kWanted;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double factor : {5., 2., 1.}) {
        step = factor * power >= raw * .999 ? factor * power : step;
    }
    const double first = std::ceil(low / step) * step;
    const int count = static_cast<int>(std::floor((high - first) / step)) + 1;
    for (int i = 0; i < count; ++i) {
        const double tick = first + i * step;
        if (scale_ == AxisScale::linear || tick > 0) {
            ticks_.push_back({tick, table_number(tick, 6)});
        }
    }
}

void FigureAxis::add_log_ticks(double low, double high) {
    constexpr double kFewDecades = .7;
    constexpr double kSomeDecades = 1.4;
    const double decades = std::log10(high / low);
    if (decades < kFewDecades) {
        add_linear_ticks(low, high);
        return;
    }
    const std::vector<double> factors = decades > kSomeDecades ? std::vector{1., 3.} : std::vector{1., 2., 5.};
    const int last = static_cast<int>(std::floor(std::log10(high)));
    for (int power = static_cast<int>(std::floor(std::log10(low))); power <= last; ++power) {
        for (const double factor : factors) {
            const double tick = factor * std::pow(10, power);
            if (tick >= low && tick <= high) {
                ticks_.push_back({tick, table_number(tick, 3)});
            }
        }
    }
}

} // namespace mutation::report
