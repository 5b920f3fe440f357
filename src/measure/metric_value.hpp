#pragma once

#include "mutation/core/pattern.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mutation::measure {

/// What a metric's match is worth.
struct MetricReading {
    std::optional<double> value;
    std::string remark; ///< why there is no value; "" where there is one
};

/// Reads the number in the first group of a match within `text`. A group that holds only a part of a number (the text
/// goes on with a digit, `,ddd`, `/` and a digit, `.` and a digit, or an exponent) is no value; neither is NaN.
[[nodiscard]] MetricReading read_metric(std::string_view text, const PatternMatch& match);

} // namespace mutation::measure
