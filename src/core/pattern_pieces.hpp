#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mutation {

/// Where each piece of a pattern begins: an escape, a class, a repeat, the head of a group, a comment, or one byte.
/// Error(usage) for a pattern that calls itself, and for what means something else in Python's `re` than in PCRE2.
[[nodiscard]] std::vector<std::size_t> pattern_pieces(std::string_view pattern);

/// The message about a pattern that cannot be used: what is wrong, where, and the pattern itself, shortened.
[[nodiscard]] std::string describe_pattern_error(std::string_view pattern, std::size_t offset, std::string_view reason);

} // namespace mutation
