#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mutation {

/// A number with its noun: `1 run`, `0 runs`, `2 runs`; or with the plural that is given: `2 processes`.
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun, std::string_view plural = "");

} // namespace mutation
