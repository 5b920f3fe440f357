#include "mutation/core/numbers.hpp"

#include "mutation/core/text.hpp"

#include <array>
#include <charconv>
#include <system_error>

namespace mutation {

namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
    text = trim(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-') || text.starts_with('+')) {
            return std::nullopt;
        }
    }
    Number number{};
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

} // namespace

std::string format_shortest(double value) {
    std::array<char, 64> buffer{};
    const auto [end, status] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), end};
}

std::string format_fixed(double value) {
    std::array<char, 512> buffer{}; // the longest is a denormal: 0. and some 340 digits
    const auto [end, status] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
    return {buffer.data(), end};
}

std::optional<double> parse_double(std::string_view text) {
    return parse_whole<double>(text);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    return parse_whole<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    return parse_whole<std::uint64_t>(text);
}

double round_significant(double value, int digits) {
    std::array<char, 64> buffer{};
    const auto [end, status] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific, digits - 1);
    double rounded = value;
    std::from_chars(buffer.data(), end, rounded);
    return rounded;
}

} // namespace mutation
