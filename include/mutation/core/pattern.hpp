#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mutation {

/// What a pattern found in a text.
struct PatternMatch {
    std::size_t begin = 0; ///< of the whole match
    std::size_t end = 0;
    std::size_t group_begin = 0; ///< of the first capture group, or of the whole match if there is none
    std::size_t group_end = 0;
    bool has_group = false; ///< whether a first group exists and took part in the match
};

/// The part of a longer text in which a pattern is searched.
struct SearchWindow {
    std::string_view text;         ///< what is before `from` is seen by `^`, `\b` and lookbehind only
    std::size_t from = 0;          ///< matches begin here or later
    std::size_t starts_before = 0; ///< and before this offset
    bool is_text_start = true;     ///< whether `text` begins where the whole text begins
    bool is_text_end = true;       ///< and ends where it ends
};

/// How a search ended.
struct SearchResult {
    std::optional<PatternMatch> match;
    bool hit_limit = false; ///< matching was given up because it took too long
    std::size_t resume = 0; ///< after `hit_limit`: where to go on, which is behind the line to blame
};

/// Expressions of PCRE2 for what a text may have in place of a number. They have no capture groups.
struct NumberStandIn {
    std::string in_group;     ///< in place of the first group
    std::string beside_group; ///< in place of a number before or after it
};

/// A user's regular expression in the syntax of PCRE2. A pattern that Python's `re` understands means the same here, or
/// is refused. Compiled once, and matched with limits, so that a catastrophic pattern ends instead of hanging. Lines
/// end with `\n`; bytes that are not UTF-8 match nothing. One object is not for two threads at once.
class Pattern {
public:
    /// A match spans at most so many bytes; what would be longer is not found. This is what lets a search read a text
    /// of any size through a window.
    static constexpr std::size_t kLongestMatch = std::size_t{64} << 10U;

    /// Throws Error(usage) whose message says what is wrong and at which offset.
    explicit Pattern(std::string pattern);
    Pattern(Pattern&& other) noexcept;
    Pattern& operator=(Pattern&& other) noexcept;
    ~Pattern();

    /// This pattern, changed so that it also matches if the stand-in is in the text in place of the number: of the
    /// first group, or of a number before or after it. If a literal letter comes before the group, a stand-in in the
    /// group ends the match: what the pattern demands after the group is not asked for. nullopt if no such pattern can
    /// be made.
    [[nodiscard]] std::optional<Pattern> widened(const NumberStandIn& stand_in) const;

    /// Number of capture groups.
    [[nodiscard]] std::size_t group_count() const;
    [[nodiscard]] const std::string& source() const;

    /// Whether it matches anywhere in `text`. false if matching was given up.
    [[nodiscard]] bool matches(std::string_view text) const;

    /// The first match that begins within the window's bounds.
    [[nodiscard]] SearchResult search(const SearchWindow& window) const;

private:
    struct Compiled;
    Pattern(std::unique_ptr<Compiled> compiled, std::string source);

    std::unique_ptr<Compiled> compiled_;
    std::string source_;
};

} // namespace mutation
