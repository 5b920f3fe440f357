#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mutation {

/// The first `max_characters` of a text from outside, fit for JSON and for a terminal: what is no UTF-8 becomes U+FFFD,
/// control characters become spaces, and "..." says that something was cut off.
[[nodiscard]] std::string make_excerpt(std::string_view text, std::size_t max_characters);

} // namespace mutation
