#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace mutation {

/// `text` without blanks (space, tab, CR, LF) at either end.
[[nodiscard]] std::string_view trim(std::string_view text);

/// The parts of `text` between `separator`s, empty ones included; at least one part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The name of `known` that is nearest to `name` (edit distance, letter case ignored), or "" when none
/// is near enough to be a likely slip.
[[nodiscard]] std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

/// Writes to a stream that may have lost its reader (a closed terminal, a dead pipe, a full disk): a message that
/// nobody can read is not an error, and must not end a session.
void print_text(std::FILE* stream, std::string_view text);

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

} // namespace mutation
