#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mutation {

/// A pattern of Python's `re`, rewritten so that PCRE2 reads the same from it.
struct TranslatedPattern {
    std::string text;

    /// Where in the user's pattern that offset of `text` comes from.
    [[nodiscard]] std::size_t source_offset(std::size_t offset) const;

    /// A place from which on `text` and the user's pattern run alike.
    struct Anchor {
        std::size_t translated = 0;
        std::size_t source = 0;
    };
    std::vector<Anchor> anchors;

    /// Where each piece of `text` begins: an escape, a class, a repeat, the head of a group, or one byte.
    std::vector<std::size_t> pieces;
};

/// Rewrites what the two dialects spell differently: `\uXXXX`, `\UXXXXXXXX`, `\Z`, `\v`, `{,n}`, a literal `{`.
/// What PCRE2 alone knows is left as it is. Throws Error(usage) for what has no counterpart.
[[nodiscard]] TranslatedPattern translate_python_pattern(std::string_view pattern);

/// The message about a pattern that cannot be used: what is wrong, where, and the pattern itself, shortened.
[[nodiscard]] std::string describe_pattern_fault(std::string_view pattern, std::size_t offset, std::string_view fault);

} // namespace mutation
