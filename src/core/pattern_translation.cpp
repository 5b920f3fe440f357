#include "pattern_translation.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace mutation {

namespace {

constexpr std::string_view kDigits = "0123456789";

/// Walks over a pattern once, copying or rewriting piece by piece.
class Translator {
public:
    explicit Translator(std::string_view pattern) : pattern_(pattern) {}

    TranslatedPattern run() {
        result_.text.reserve(pattern_.size() + 16);
        while (at_ < pattern_.size()) {
            if (!in_class_) {
                result_.pieces.push_back(result_.text.size());
            }
            translate_piece();
        }
        return std::move(result_);
    }

private:
    void translate_piece() {
        const char letter = pattern_[at_];
        if (letter == '\\') {
            translate_escape();
        } else if (in_class_) {
            translate_in_class();
        } else if (letter == '[') {
            open_class();
        } else if (letter == '{') {
            translate_brace();
        } else if (pattern_.substr(at_).starts_with("(?")) {
            translate_group_head();
        } else {
            copy(1);
        }
    }

    void open_class() {
        copy(1);
        if (rest().starts_with('^')) {
            copy(1);
        }
        if (rest().starts_with(']')) {
            copy(1); // a bracket in first place is an ordinary character
        }
        in_class_ = true;
    }

    void translate_in_class() {
        if (rest().starts_with("[:")) {
            const std::size_t end = pattern_.find(":]", at_ + 2);
            const bool is_named =
                end != std::string_view::npos &&
                pattern_.substr(at_ + 2, end - at_ - 2).find_first_of("[]\\") == std::string_view::npos;
            copy(is_named ? end + 2 - at_ : 1);
            return;
        }
        in_class_ = pattern_[at_] != ']';
        copy(1);
    }

    /// Python takes a brace that opens no repeat as itself; PCRE2's newer versions see more repeats than Python does.
    void translate_brace() {
        const std::size_t low_end = skip_digits(at_ + 1);
        const bool has_comma = low_end < pattern_.size() && pattern_[low_end] == ',';
        const std::size_t high_end = has_comma ? skip_digits(low_end + 1) : low_end;
        const bool is_closed = high_end < pattern_.size() && pattern_[high_end] == '}';
        const bool has_low = low_end > at_ + 1;
        if (!is_closed || (!has_low && !has_comma)) {
            replace(1, "\\{");
            return;
        }
        if (!has_low) {
            replace(1, "{0");
        }
        copy(high_end + 1 - at_);
    }

    void translate_group_head() {
        if (rest().starts_with("(?#")) {
            const std::size_t end = pattern_.find(')', at_);
            copy((end == std::string_view::npos ? pattern_.size() : end + 1) - at_);
            return;
        }
        if (is_recursion(pattern_.substr(at_ + 2))) {
            fail_recursion();
        }
        const std::size_t letters = std::min(pattern_.find_first_not_of("aiLmsux", at_ + 2), pattern_.size());
        const std::string_view flags = pattern_.substr(at_ + 2, letters - at_ - 2);
        const bool is_flags = !flags.empty() && letters < pattern_.size() &&
                              (pattern_[letters] == ')' || pattern_[letters] == ':' || pattern_[letters] == '-');
        if (!is_flags) {
            copy(2);
            return;
        }
        if (flags.find_first_of("aL") != std::string_view::npos) {
            fail("the flags (?a) and (?L) are not supported; write [0-9] for \\d and [A-Za-z0-9_] for \\w instead");
        }
        std::string kept(flags);
        std::erase(kept, 'u'); // Unicode is how patterns are read anyway
        replace(2 + flags.size(), "(?" + kept);
    }

    /// Whether what follows `(?` calls the pattern or a group of it. Python has no such thing, and PCRE2's compiled
    /// code runs for ever on some.
    static bool is_recursion(std::string_view head) {
        const bool has_sign = head.starts_with('+') || head.starts_with('-');
        const std::string_view number = head.substr(has_sign ? 1 : 0);
        const bool is_number = !number.empty() && kDigits.find(number.front()) != std::string_view::npos;
        return is_number || head.starts_with('R') || head.starts_with('&') || head.starts_with("P>");
    }

    [[noreturn]] void fail_recursion() const {
        fail("a pattern cannot call itself or a group of its own; write that part out once more");
    }

    void translate_escape() {
        if (at_ + 1 >= pattern_.size()) {
            fail("the pattern ends with a lone backslash; write \\\\ for a backslash");
        }
        switch (pattern_[at_ + 1]) {
        case 'u':
            return translate_code_point(4);
        case 'U':
            return translate_code_point(8);
        case 'v': // a class of six characters in PCRE2
            return replace(2, "\\x0b");
        case 'Z':
            if (in_class_) {
                fail("\\Z has no meaning inside [...]; take it out of the brackets");
            }
            return replace(2, "\\z");
        case 'Q':
            return copy_quoted();
        case 'g':
            if (pattern_.substr(at_ + 2).starts_with('<') || pattern_.substr(at_ + 2).starts_with('\'')) {
                fail_recursion();
            }
            return copy_escape_with_braces();
        case 'N':
        case 'p':
        case 'P':
        case 'x':
        case 'o':
        case 'k':
            return copy_escape_with_braces();
        default:
            copy(2);
        }
    }

    void translate_code_point(std::size_t digits) {
        const std::string_view hex = pattern_.substr(at_ + 2, digits);
        std::uint32_t code = 0;
        const auto [end, status] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
        if (hex.size() != digits || status != std::errc() || end != hex.data() + hex.size()) {
            fail("\\" + std::string(1, pattern_[at_ + 1]) + " must be followed by " + std::to_string(digits) +
                 " hexadecimal digits");
        }
        if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            fail(std::string(pattern_.substr(at_, digits + 2)) +
                 " names no character that a log can hold; write the character itself, or its own code point");
        }
        replace(digits + 2, "\\x{" + std::string(hex) + "}");
    }

    void copy_quoted() {
        const std::size_t end = pattern_.find("\\E", at_);
        copy((end == std::string_view::npos ? pattern_.size() : end + 2) - at_);
    }

    void copy_escape_with_braces() {
        copy(2);
        const std::size_t end = rest().starts_with('{') ? pattern_.find('}', at_) : std::string_view::npos;
        if (end != std::string_view::npos) {
            copy(end + 1 - at_);
        }
    }

    [[nodiscard]] std::string_view rest() const { return pattern_.substr(at_); }

    [[nodiscard]] std::size_t skip_digits(std::size_t from) const {
        return std::min(pattern_.find_first_not_of(kDigits, from), pattern_.size());
    }

    void copy(std::size_t count) {
        result_.text += pattern_.substr(at_, count);
        at_ = std::min(at_ + count, pattern_.size());
    }

    void replace(std::size_t count, std::string_view by) {
        result_.anchors.push_back({result_.text.size(), at_});
        result_.text += by;
        at_ += count;
        result_.anchors.push_back({result_.text.size(), at_});
    }

    [[noreturn]] void fail(std::string_view fault) const {
        throw Error(ErrorKind::usage, describe_pattern_fault(pattern_, at_, fault));
    }

    std::string_view pattern_;
    std::size_t at_ = 0;
    bool in_class_ = false;
    TranslatedPattern result_;
};

} // namespace

std::size_t TranslatedPattern::source_offset(std::size_t offset) const {
    Anchor last;
    Anchor next{text.size() + 1, std::string::npos};
    for (const Anchor& anchor : anchors) {
        if (anchor.translated > offset) {
            next = anchor;
            break;
        }
        last = anchor;
    }
    return std::min(last.source + (offset - last.translated), next.source);
}

TranslatedPattern translate_python_pattern(std::string_view pattern) {
    return Translator(pattern).run();
}

std::string describe_pattern_fault(std::string_view pattern, std::size_t offset, std::string_view fault) {
    constexpr std::size_t kLongestQuote = 120;
    std::string quoted(pattern.substr(0, kLongestQuote));
    if (pattern.size() > kLongestQuote) {
        quoted += "...";
    }
    return "pattern '" + quoted + "': at offset " + std::to_string(offset) + ": " + std::string(fault);
}

} // namespace mutation
