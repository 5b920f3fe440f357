#include "number_text.hpp"

#include "mutation/core/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace mutation::report {

namespace {

std::string with_decimals(double value, int decimals) {
    std::array<char, 512> buffer{};
    const auto [end, status] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    return status == std::errc() ? std::string(buffer.data(), end) : format_shortest(value);
}

/// How many decimals a number beside `ratio` gets: three digits, and three decimals if the ratio is near 1.
int ratio_decimals(double ratio, double number) {
    constexpr double kNear = .1;
    constexpr int kMost = 6;
    if (std::abs(ratio - 1) < kNear || number <= 0) {
        return 3;
    }
    return std::clamp(2 - static_cast<int>(std::floor(std::log10(number) + 1e-12)), 0, kMost);
}

} // namespace

std::string table_number(double value, int digits) {
    const double rounded = round_significant(value, digits);
    const double size = std::abs(rounded);
    return rounded == 0 || (size >= 1e-4 && size < 1e9) ? format_fixed(rounded == 0 ? 0 : rounded)
                                                        : format_shortest(rounded);
}

std::string table_number(const std::optional<double>& value, int digits) {
    return value ? table_number(*value, digits) : kNoNumber;
}

std::string interval_text(const std::optional<stats::Interval>& interval, int digits) {
    return interval ? "[" + table_number(interval->low, digits) + ", " + table_number(interval->high, digits) + "]"
                    : kNoNumber;
}

std::string ratio_value(const stats::Ratio& ratio) {
    return with_decimals(ratio.value, ratio_decimals(ratio.value, ratio.value));
}

std::string ratio_interval(const stats::Ratio& ratio) {
    const auto [low, high] = ratio.interval;
    return "[" + with_decimals(low, ratio_decimals(ratio.value, low)) + ", " +
           with_decimals(high, ratio_decimals(ratio.value, high)) + "]";
}

std::string ratio_words(const stats::Ratio& ratio) {
    return ratio_value(ratio) + " " + ratio_interval(ratio);
}

std::string p_text(const std::optional<double>& p) {
    constexpr double kSmallest = 1e-4;
    return p && *p < kSmallest ? "< 0.0001" : table_number(p, 2);
}

std::string count_text(std::size_t count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace mutation::report
