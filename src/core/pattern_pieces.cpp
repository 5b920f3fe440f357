#include "pattern_pieces.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation {

namespace {

constexpr std::string_view kDigits = "0123456789";

/// Walks over a pattern once, piece by piece. Users write patterns as for Python's `re`: what PCRE2 also takes, but
/// with another meaning, is refused.
class Scanner {
public:
    explicit Scanner(std::string_view pattern) : pattern_(pattern) {}

    std::vector<std::size_t> run() {
        std::vector<std::size_t> pieces;
        while (at_ < pattern_.size()) {
            pieces.push_back(at_);
            const std::size_t length = piece_length();
            is_start_ = is_start_ && is_before_first_piece(pattern_.substr(at_, length));
            skip(length);
        }
        return pieces;
    }

private:
    std::size_t piece_length() {
        switch (pattern_[at_]) {
        case '\\':
            return escape_length();
        case '[':
            return class_length();
        case '{':
            return repeat_length();
        case '(':
            return group_head_length();
        case '#':
            return is_verbose_ ? through("\n") : 1;
        default:
            return 1;
        }
    }

    /// Whether the flags of the whole pattern may follow this piece: comments, spaces and other such flags.
    [[nodiscard]] bool is_before_first_piece(std::string_view piece) const {
        const bool is_flags = piece.starts_with("(?") && piece.ends_with(')');
        return is_flags || (is_verbose_ && (piece.front() == '#' || piece == " " || piece == "\n"));
    }

    /// A whole class, with its brackets.
    [[nodiscard]] std::size_t class_length() const {
        std::size_t end = at_ + 1;
        end += end < pattern_.size() && pattern_[end] == '^' ? 1 : 0;
        end += end < pattern_.size() && pattern_[end] == ']' ? 1 : 0; // in first place it is an ordinary character
        while (end < pattern_.size() && pattern_[end] != ']') {
            if (pattern_[end] == '\\') {
                check_vertical_tab(end);
                end += 2;
            } else {
                const std::size_t named = pattern_.substr(end).starts_with("[:") ? pattern_.find(":]", end + 2) : npos;
                end = named == npos ? end + 1 : named + 2;
            }
        }
        return end + 1 - at_;
    }

    /// `{2,3}`; a brace that opens no repeat is a character.
    [[nodiscard]] std::size_t repeat_length() const {
        const std::size_t end = std::min(pattern_.find_first_not_of("0123456789, \t", at_ + 1), pattern_.size());
        const std::string_view inside = pattern_.substr(at_ + 1, end - at_ - 1);
        const bool is_repeat = end < pattern_.size() && pattern_[end] == '}' && !inside.empty() &&
                               inside.find_first_not_of(" \t") != npos &&
                               std::count(inside.begin(), inside.end(), ',') <= 1;
        if (is_repeat && inside.find_first_of(" \t") != npos) {
            fail(at_, "these are ordinary characters in Python, but some versions of PCRE2 take them for a repeat; "
                      "leave the spaces out, or write \\{ for an ordinary brace");
        }
        if (is_repeat && inside.front() == ',') {
            fail(at_, fmt::format(
                          "Python repeats by {{{0}}}, but PCRE2 takes it for ordinary characters; write {{0{0}}}, or "
                          "\\{{{0}}} for the characters",
                          inside));
        }
        return is_repeat ? end + 1 - at_ : 1;
    }

    [[nodiscard]] std::size_t group_head_length() {
        const std::string_view rest = pattern_.substr(at_);
        if (rest.starts_with("(?#")) {
            return through(")");
        }
        if (rest.starts_with("(?") && is_recursion(rest.substr(2))) {
            fail_recursion();
        }
        return rest.starts_with("(?") ? 2 + flags_length(rest.substr(2)) : 1;
    }

    /// The length of the flags of `(?i)`, with the bracket, or of `(?i:`; 0 if what follows `(?` is something else.
    std::size_t flags_length(std::string_view head) {
        const std::size_t end = head.find_first_not_of(kFlagCharacters);
        if (end == npos || end == 0 || (head[end] != ')' && head[end] != ':')) {
            return 0;
        }
        const std::string_view flags = head.substr(0, end);
        if (flags.find_first_of("aLu") != npos) {
            fail(at_, "the flags a, L and u of Python are not known here; leave them out (\\w, \\d and \\s match the "
                      "characters of all scripts; write [0-9] for the digits of ASCII)");
        }
        const bool is_for_all = head[end] == ')' && flags.find_first_of("-^") == npos;
        if (is_for_all && !is_start_) {
            fail(at_,
                 fmt::format("in Python, flags such as (?{0}) are for the whole pattern; write them at its beginning, "
                             "or (?{0}:...) around the part that they are for",
                             flags));
        }
        is_verbose_ = is_verbose_ || flags.substr(0, flags.find('-')).find('x') != npos;
        return end + 1;
    }

    [[nodiscard]] std::size_t escape_length() const {
        const std::string_view rest = pattern_.substr(at_);
        if (rest.starts_with("\\Q")) {
            return through("\\E");
        }
        if (rest.starts_with("\\Z")) {
            fail(at_,
                 "\\Z of Python is the end of the text, but \\Z of PCRE2 may also be before a last line feed; write "
                 "\\z for the end of the text");
        }
        check_vertical_tab(at_);
        if (rest.starts_with("\\g<") || rest.starts_with("\\g'")) {
            fail_recursion();
        }
        const bool has_braces = rest.size() > 2 && rest[2] == '{' &&
                                std::string_view("gNpPxok").find(rest[1]) != npos && rest.find('}') != npos;
        return has_braces ? through("}") : 2;
    }

    /// Whether what follows `(?` calls the pattern or a group of it. Python has no such thing, and PCRE2's compiled
    /// code never ends on some.
    static bool is_recursion(std::string_view head) {
        const bool has_sign = head.starts_with('+') || head.starts_with('-');
        const std::string_view number = head.substr(has_sign ? 1 : 0);
        const bool is_number = !number.empty() && kDigits.find(number.front()) != npos;
        return is_number || head.starts_with('R') || head.starts_with('&') || head.starts_with("P>");
    }

    void check_vertical_tab(std::size_t escape) const {
        if (pattern_.substr(escape).starts_with("\\v")) {
            fail(escape,
                 "\\v of Python is the vertical tab, but \\v of PCRE2 is any vertical space; write \\x0b for the "
                 "vertical tab");
        }
    }

    [[noreturn]] void fail_recursion() const {
        fail(at_, "a pattern cannot call itself or a group of its own; write that part again");
    }

    [[noreturn]] void fail(std::size_t offset, std::string_view reason) const {
        throw Error(ErrorKind::usage, describe_pattern_error(pattern_, offset, reason));
    }

    /// The length up to and with `end`, or all that is left.
    [[nodiscard]] std::size_t through(std::string_view end) const {
        const std::size_t found = pattern_.find(end, at_);
        return (found == npos ? pattern_.size() : found + end.size()) - at_;
    }

    void skip(std::size_t count) { at_ = std::min(at_ + count, pattern_.size()); }

    static constexpr std::size_t npos = std::string_view::npos;
    static constexpr std::string_view kFlagCharacters = "aiLmnsuxUJ^-";
    std::string_view pattern_;
    std::size_t at_ = 0;
    bool is_start_ = true;    ///< no piece yet but flags and comments
    bool is_verbose_ = false; ///< `(?x)`: `#` begins a comment
};

} // namespace

std::vector<std::size_t> pattern_pieces(std::string_view pattern) {
    return Scanner(pattern).run();
}

std::string describe_pattern_error(std::string_view pattern, std::size_t offset, std::string_view reason) {
    constexpr std::size_t kLongestQuote = 120;
    std::string quoted(pattern.substr(0, kLongestQuote));
    if (pattern.size() > kLongestQuote) {
        quoted += "...";
    }
    return "pattern '" + quoted + "': at offset " + std::to_string(offset) + ": " + std::string(reason);
}

} // namespace mutation
