#pragma once

#include "mutation/core/pattern.hpp"

#include <string_view>

namespace mutation::trainlog {

/// What programs print in place of a number after an overflow or a division by zero: `nan`, `-NaN`, `inf`, `Infinity`,
/// `1.#QNAN`, `tensor(nan)`.
[[nodiscard]] const NumberStandIn& non_finite_numbers();

/// Whether `text` is such a spelling and nothing else, blanks and brackets around it aside.
[[nodiscard]] bool is_non_finite(std::string_view text);

/// Whether such a spelling is somewhere in `text`.
[[nodiscard]] bool holds_non_finite(std::string_view text);

} // namespace mutation::trainlog
