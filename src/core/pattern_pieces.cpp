#include "pattern_pieces.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>

namespace mutation {

namespace {

constexpr std::string_view kDigits = "0123456789";

/// Walks over a pattern once, piece by piece.
class Scanner {
public:
    explicit Scanner(std::string_view pattern) : pattern_(pattern) {}

    std::vector<std::size_t> run() {
        std::vector<std::size_t> pieces;
        while (at_ < pattern_.size()) {
            pieces.push_back(at_);
            skip(piece_length());
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
        default:
            return 1;
        }
    }

    /// A whole class, with its brackets.
    [[nodiscard]] std::size_t class_length() const {
        std::size_t end = at_ + 1;
        end += end < pattern_.size() && pattern_[end] == '^' ? 1 : 0;
        end += end < pattern_.size() && pattern_[end] == ']' ? 1 : 0; // in first place it is an ordinary character
        while (end < pattern_.size() && pattern_[end] != ']') {
            if (pattern_[end] == '\\') {
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
        const std::size_t end = std::min(pattern_.find_first_not_of("0123456789,", at_ + 1), pattern_.size());
        const bool is_repeat = end > at_ + 1 && end < pattern_.size() && pattern_[end] == '}';
        return is_repeat ? end + 1 - at_ : 1;
    }

    [[nodiscard]] std::size_t group_head_length() const {
        const std::string_view rest = pattern_.substr(at_);
        if (rest.starts_with("(?#")) {
            return through(")");
        }
        if (rest.starts_with("(?") && is_recursion(rest.substr(2))) {
            fail_recursion();
        }
        return rest.starts_with("(?") ? 2 : 1;
    }

    [[nodiscard]] std::size_t escape_length() const {
        const std::string_view rest = pattern_.substr(at_);
        if (rest.starts_with("\\Q")) {
            return through("\\E");
        }
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

    [[noreturn]] void fail_recursion() const {
        throw Error(ErrorKind::usage,
                    describe_pattern_error(
                        pattern_, at_, "a pattern cannot call itself or a group of its own; write that part again"));
    }

    /// The length up to and with `end`, or all that is left.
    [[nodiscard]] std::size_t through(std::string_view end) const {
        const std::size_t found = pattern_.find(end, at_);
        return (found == npos ? pattern_.size() : found + end.size()) - at_;
    }

    void skip(std::size_t count) { at_ = std::min(at_ + count, pattern_.size()); }

    static constexpr std::size_t npos = std::string_view::npos;
    std::string_view pattern_;
    std::size_t at_ = 0;
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
