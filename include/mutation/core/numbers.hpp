#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mutation {

/// The shortest decimal that reads back to the same double (`std::to_chars`), whatever the locale.
[[nodiscard]] std::string format_shortest(double value);

/// The same without an exponent, however long that gets.
[[nodiscard]] std::string format_fixed(double value);

/// The whole `text` as a decimal number (blanks around it are allowed), or nullopt. Does not depend on
/// the locale; not hexadecimal; "nan" and "inf" are read as such.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// The whole `text` as a decimal integer, or nullopt. "010" is ten.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// The same for one that is not negative and may be larger.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

/// `value` rounded to that many significant decimal digits, ties as `std::to_chars` rounds them.
[[nodiscard]] double round_significant(double value, int digits);

} // namespace mutation
