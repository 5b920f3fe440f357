#include "metric_value.hpp"

#include "log_excerpt.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::measure {

namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

bool is_digit_at(std::string_view text, std::size_t at) {
    return at < text.size() && is_digit(text[at]);
}

bool continues_with_exponent(std::string_view rest) {
    if (!rest.starts_with('e') && !rest.starts_with('E')) {
        return false;
    }
    const bool has_sign = rest.size() > 1 && (rest[1] == '+' || rest[1] == '-');
    return is_digit_at(rest, has_sign ? 2 : 1);
}

bool continues_with_thousands(std::string_view rest) {
    return rest.starts_with(',') && is_digit_at(rest, 1) && is_digit_at(rest, 2) && is_digit_at(rest, 3) &&
           !is_digit_at(rest, 4);
}

/// Whether a number whose first part ends where `rest` begins goes on.
bool continues_number(std::string_view rest) {
    const bool has_fraction = (rest.starts_with('/') || rest.starts_with('.')) && is_digit_at(rest, 1);
    return is_digit_at(rest, 0) || has_fraction || continues_with_thousands(rest) || continues_with_exponent(rest);
}

bool is_cut(std::string_view text, std::size_t begin, std::size_t end) {
    if (begin == end) {
        return false;
    }
    const bool ends_in_number = is_digit(text[end - 1]) || text[end - 1] == '.';
    const bool begins_in_number =
        begin > 0 && is_digit(text[begin - 1]) && (is_digit(text[begin]) || text[begin] == '.');
    return begins_in_number || (ends_in_number && continues_number(text.substr(end)));
}

/// The line around a match, for people to find it again.
std::string quote_line(std::string_view text, const PatternMatch& match) {
    constexpr std::size_t kBefore = 80;
    constexpr std::size_t kCharacters = 160;
    const std::size_t newline =
        match.group_begin == 0 ? std::string_view::npos : text.rfind('\n', match.group_begin - 1);
    std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    begin = std::max(begin, match.group_begin - std::min(kBefore, match.group_begin));
    const std::string_view from = text.substr(begin, (match.group_begin - begin) + 4 * kCharacters);
    return "\"" + make_excerpt(trim(from.substr(0, from.find('\n', match.group_begin - begin))), kCharacters) + "\"";
}

} // namespace

MetricReading read_metric(std::string_view text, const PatternMatch& match) {
    constexpr std::size_t kQuotedCharacters = 60;
    const std::string_view group = text.substr(match.group_begin, match.group_end - match.group_begin);
    const std::string quoted = "'" + make_excerpt(group, kQuotedCharacters) + "'";
    if (is_cut(text, match.group_begin, match.group_end)) {
        return {std::nullopt, quoted + " is only a part of the number in the line " + quote_line(text, match) +
                                  "; widen the group of its pattern"};
    }
    const std::optional<double> value = parse_double(group);
    if (!value) {
        return {std::nullopt, quoted + " is no number, in the line " + quote_line(text, match) +
                                  "; let the group of its pattern hold the number alone"};
    }
    if (!std::isfinite(*value)) {
        return {std::nullopt, "the training printed " + quoted + ", in the line " + quote_line(text, match)};
    }
    return {value, ""};
}

} // namespace mutation::measure
