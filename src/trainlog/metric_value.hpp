#pragma once

#include "mutation/core/pattern.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mutation::trainlog {

/// The value of a match of a metric's pattern.
struct MetricReading {
    std::optional<double> value;
    std::optional<std::string> remark; ///< why there is no value
};

/// Reads the number in the first group of a match of `pattern.widened(non_finite_numbers())`. NaN and infinity are no
/// value. A part of a number is no value either: the number continues after the group (with a digit, an exponent, a
/// separator of any locale and a digit, a clock or a fraction), or it begins before the group (with digits, a sign or a
/// clock). If the text before or after the group has nan or inf and `pattern` itself does not match within `window`,
/// there is no value.
[[nodiscard]] MetricReading read_widened_metric(const Pattern& pattern, const SearchWindow& window,
                                                const PatternMatch& match);

} // namespace mutation::trainlog
