#include "metric_value.hpp"

#include "mutation/core/excerpt.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "non_finite.hpp"

#include <algorithm>
#include <cmath>

namespace mutation::trainlog {

namespace {

/// So many bytes before and after a number decide whether it continues.
constexpr std::size_t kLookedAtBytes = 64;

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// A digit, an exponent (9e-5, 9 x 10^-5) or the other side of a fraction continues any number.
bool continues_number(std::string_view rest) {
    static const Pattern pattern(
        R"(\A(?:[./⁄∕]?\d|\p{No}|#|[eE][+\-−]?\d|[dD][+-]\d\d|\h*[×xX*·]\h*10\h*(?:\^|\*\*|[⁰¹²³⁴-⁹⁻]|[+-]\d)|\h*(?:\^|\*\*)\h*[+-]?\d))");
    return pattern.matches(rest);
}

/// A separator between digits in any locale. One comma is left out: it separates the numbers of a list too.
bool continues_digits(std::string_view rest) {
    static const Pattern pattern(R"(\A(?:['’‘ʼ´`′˙_·٫٬．，⎖\x{a0}\x{202f}\x{2004}-\x{200a}]\d|,\d{3}(?!\d)))");
    return pattern.matches(rest);
}

/// `,5` continues `0` and `1.234`, in locales with a decimal comma. It does not continue `0.95`, and `,0.5` continues
/// no number: these are lists.
bool continues_with_comma(std::string_view number, std::string_view rest) {
    static const Pattern is_before_comma(R"(\A[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)\z)");
    static const Pattern comma(R"(\A[,،](?!\d+\.\d)\d)");
    return is_before_comma.matches(number) && comma.matches(rest);
}

/// `4580 / 5000` and `7.5 / 10` are fractions, `0.31 / 0.45` are two numbers.
bool continues_with_fraction(std::string_view number, std::string_view rest) {
    static const Pattern fraction(R"(\A\h*[/⁄∕]\h*\d)");
    static const Pattern before_decimals(R"(\A\h*/\h*\d*\.\d*[1-9])");
    return fraction.matches(rest) && (number.find('.') == std::string_view::npos || !before_decimals.matches(rest));
}

/// A clock (0:04:47.43, 1h 3m, 0m4.7s, 1 day, 2:03:04, 1-02:03:04), a hexadecimal number, thousands after blanks
/// (1 000 000; not the columns of `5 100 0.93`).
bool continues_integer(std::string_view number, std::string_view rest) {
    static const Pattern clock(
        R"(\A(?::\d|\h?(?:[hH]|m|M|min)\h?\d+(?:\.\d+)?\h?[mMsS]|[hH]\d\d?(?!\d)|\h?d(?:ays?)?,?\h\d+:\d|-\d{1,2}:\d\d))");
    static const Pattern other_base(R"(\A(?:[xX][0-9a-fA-F]|[bBoO][0-7]))");
    static const Pattern thousands(R"(\A(?:\h\d{3})++(?!\d|[/:%]|\h+[\d.]))");
    static const Pattern is_integer(R"(\A[+-]?\d+\z)");
    constexpr std::size_t kLongestFirstGroup = 3;
    if (!is_integer.matches(number)) {
        return false;
    }
    return clock.matches(rest) || (number == "0" && other_base.matches(rest)) ||
           (number.size() <= kLongestFirstGroup && number != "0" && thousands.matches(rest));
}

bool continues_after(std::string_view number, std::string_view rest) {
    if (!is_digit(number.back()) && number.back() != '.') {
        return false;
    }
    return continues_number(rest) || continues_with_fraction(number, rest) ||
           (is_digit(number.back()) &&
            (continues_digits(rest) || continues_with_comma(number, rest) || continues_integer(number, rest)));
}

/// Whether the whole part of `number` is before it, as of `12.5`, `1,5`, `12,345.6`, `1e-5`, if a greedy `.*` took it.
/// A separator that the pattern itself has before its group is no part of the number.
bool has_whole_part_before(std::string_view before, std::string_view number, const Pattern& pattern) {
    static const Pattern point(R"((?:\d|(?<!\w))\.\z)");
    static const Pattern comma(R"(\d,\z)");
    static const Pattern other(R"((?:\d['’_]|\d[eE][+-]?)\z)");
    static const Pattern after_comma(R"(\A(?:\d+|\d{3}\.\d*)\z)"); // `3,0.95` are two numbers
    const std::string& source = pattern.source();
    return (point.matches(before) && source.find("\\.(") == std::string::npos) ||
           (comma.matches(before) && after_comma.matches(number) && source.find(",(") == std::string::npos) ||
           other.matches(before);
}

/// Whether digits, a sign or the hours and minutes of a clock are before the number, and belong to it.
bool begins_before(std::string_view before, std::string_view number, const Pattern& pattern) {
    static const Pattern sign(R"((?<![\w.)\]])[-−]\z)");
    static const Pattern minutes(R"(\d:\d\d:\z)");
    if (before.empty() || !(is_digit(number.front()) || number.front() == '.')) {
        return false;
    }
    return is_digit(before.back()) || sign.matches(before) || has_whole_part_before(before, number, pattern) ||
           minutes.matches(before);
}

/// Whether a pattern writes a comma behind its first group, as for a column of a table: then a comma ends the number.
/// The group is one without groups of its own, such as `([0-9]+),`.
bool writes_comma(const Pattern& pattern) {
    static const Pattern comma_after_group(R"(\A(?:[^(\\]|\\.|\(\?)*\((?!\?)(?:[^()\\\[]|\\.|\[[^\]]*\])*\),)");
    return comma_after_group.matches(pattern.source());
}

/// Whether `number`, a part of `text` that `pattern` took, is only a part of a number.
bool is_cut(std::string_view text, std::string_view number, const Pattern& pattern) {
    if (number.empty()) {
        return false;
    }
    const auto begin = static_cast<std::size_t>(number.data() - text.data());
    const std::size_t looked_at = std::min(begin, kLookedAtBytes);
    const std::string_view rest = text.substr(begin + number.size(), kLookedAtBytes);
    return begins_before(text.substr(begin - looked_at, looked_at), number, pattern) ||
           (continues_after(number, rest) && !(rest.starts_with(',') && writes_comma(pattern)));
}

/// `0.95.` has the full stop of a sentence.
std::string_view without_full_stop(std::string_view number) {
    const bool has_two_points = number.ends_with('.') && number.find('.') + 1 < number.size();
    return has_two_points ? number.substr(0, number.size() - 1) : number;
}

/// The line of a match, so that people find it in the log.
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

/// Reads the number in the first group of a match of `pattern` within `text`.
MetricReading read_metric(std::string_view text, const PatternMatch& match, const Pattern& pattern) {
    constexpr std::size_t kQuotedCharacters = 60;
    const std::string_view group =
        without_full_stop(trim(text.substr(match.group_begin, match.group_end - match.group_begin)));
    const std::string quoted = "'" + make_excerpt(group, kQuotedCharacters) + "'";
    const std::string in_line = ", in the line " + quote_line(text, match);
    if (is_non_finite(group)) {
        return {std::nullopt, "the training printed " + quoted + in_line};
    }
    if (is_cut(text, group, pattern)) {
        return {std::nullopt, quoted + " is only a part of the number in the line " + quote_line(text, match) +
                                  "; widen the group of its pattern"};
    }
    const std::optional<double> value = parse_double(group);
    if (!value) {
        return {std::nullopt,
                quoted + " is no number" + in_line + "; make the group of its pattern match only the number"};
    }
    if (!std::isfinite(*value)) {
        return {std::nullopt, "the training printed " + quoted + in_line};
    }
    return {value, std::nullopt};
}

} // namespace

MetricReading read_widened_metric(const Pattern& pattern, const SearchWindow& window, const PatternMatch& match) {
    const std::string_view lead = window.text.substr(match.begin, match.group_begin - match.begin);
    const std::string_view group = window.text.substr(match.group_begin, match.group_end - match.group_begin);
    const std::string_view tail = window.text.substr(match.group_end, match.end - match.group_end);
    if (is_non_finite(group) || !(holds_non_finite(lead) || holds_non_finite(tail))) {
        return read_metric(window.text, match, pattern);
    }
    const SearchResult own = pattern.search(window);
    if (own.match) {
        return read_metric(window.text, *own.match, pattern);
    }
    return {std::nullopt, "the training printed nan or inf where the pattern expects a number, in the line " +
                              quote_line(window.text, match)};
}

} // namespace mutation::trainlog
