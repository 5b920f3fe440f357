#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mutation::energy {

/// Mean and standard deviation of numbers that are seen one by one.
class MeanAndSpread {
public:
    void add(double value) {
        ++count_;
        sum_ += value;
        squares_ += value * value;
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Good from one number on.
    [[nodiscard]] double mean() const { return sum_ / static_cast<double>(count_); }
    [[nodiscard]] double spread() const {
        const double variance = squares_ / static_cast<double>(count_) - mean() * mean();
        return std::sqrt(std::max(0.0, variance)); // rounding may leave it just below 0
    }

private:
    std::size_t count_ = 0;
    double sum_ = 0;
    double squares_ = 0;
};

} // namespace mutation::energy
