#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

namespace mutation::energy {

/// Mean, largest, first and last of readings that are seen one by one, in order of time. `Unit`: Celsius, double, ...
template <class Unit>
class ReadingSummary {
public:
    void add(Unit reading) {
        first_ = first_.value_or(reading);
        last_ = reading;
        max_ = std::max(max_.value_or(reading), reading);
        sum_ += reading;
        ++count_;
    }
    [[nodiscard]] std::optional<Unit> mean() const {
        return count_ == 0 ? std::nullopt : std::optional<Unit>(sum_ / static_cast<double>(count_));
    }
    [[nodiscard]] std::optional<Unit> max() const { return max_; }
    [[nodiscard]] std::optional<Unit> first() const { return first_; }
    [[nodiscard]] std::optional<Unit> last() const { return last_; }

private:
    std::optional<Unit> first_;
    std::optional<Unit> last_;
    std::optional<Unit> max_;
    Unit sum_{0};
    std::size_t count_ = 0;
};

} // namespace mutation::energy
