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
    std::size_t group_begin = 0; ///< of the first capture group, or of the whole match where there is none
    std::size_t group_end = 0;
    bool has_group = false; ///< whether a first group exists and took part in the match
};

/// A user's regular expression, written for Python's `re`, compiled once with PCRE2 and matched with limits, so that a
/// catastrophic pattern ends instead of hanging.
class Pattern {
public:
    /// Throws Error(usage) whose message says what is wrong and at which offset.
    explicit Pattern(const std::string& python_pattern);
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    ~Pattern();

    /// Number of capture groups.
    [[nodiscard]] std::size_t group_count() const;
    [[nodiscard]] const std::string& source() const;

    /// The first match at or after `from`. No value: no match. `hit_limit` is set when matching was given up
    /// because a limit was reached.
    [[nodiscard]] std::optional<PatternMatch> find(std::string_view text, std::size_t from, bool& hit_limit) const;

private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
    std::string source_;
};

} // namespace mutation
