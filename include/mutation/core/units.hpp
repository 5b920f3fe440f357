#pragma once

#include <chrono>
#include <compare>

namespace mutation {

/// A physical quantity in one unit; the tag keeps joules from being added to watts.
template <class Tag>
class Quantity {
public:
    constexpr Quantity() = default;
    constexpr explicit Quantity(double value) : value_(value) {}

    /// The number in the unit that the type names.
    [[nodiscard]] constexpr double value() const { return value_; }

    // clang-tidy 14 takes the 0 that a generated comparison holds for a pointer.
    constexpr auto operator<=>(const Quantity&) const = default; // NOLINT(modernize-use-nullptr)
    constexpr Quantity& operator+=(Quantity other) {
        value_ += other.value_;
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        value_ -= other.value_;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
    friend constexpr Quantity operator*(Quantity a, double factor) { return Quantity(a.value_ * factor); }
    friend constexpr Quantity operator*(double factor, Quantity a) { return a * factor; }
    friend constexpr Quantity operator/(Quantity a, double divisor) { return Quantity(a.value_ / divisor); }
    friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

private:
    double value_ = 0;
};

using Joules = Quantity<struct JoulesTag>;
using Watts = Quantity<struct WattsTag>;
using Celsius = Quantity<struct CelsiusTag>;
using Percent = Quantity<struct PercentTag>;

/// A length of time in seconds.
using Seconds = std::chrono::duration<double>;
/// CLOCK_MONOTONIC: what every interval is measured on, since a stepped wall clock moves nothing here.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
/// CLOCK_REALTIME: only for what people and files read.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

constexpr Joules operator*(Watts power, Seconds time) {
    return Joules(power.value() * time.count());
}
constexpr Joules operator*(Seconds time, Watts power) {
    return power * time;
}
constexpr Watts operator/(Joules energy, Seconds time) {
    return Watts(energy.value() / time.count());
}

} // namespace mutation
