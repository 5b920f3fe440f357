#pragma once

#include "mutation/core/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::sensors {

// What nvidia-smi prints. All functions are pure.

/// The cells of a CSV line without the blanks around them.
[[nodiscard]] std::vector<std::string_view> split_cells(std::string_view line);

/// The cell of a CSV line as a number; nullopt for `[N/A]`, `N/A`, `[Not Supported]`, `[Unknown Error]`, `ERR!`, empty,
/// garbage.
[[nodiscard]] std::optional<double> parse_gpu_number(std::string_view cell);

/// A reading of power: nullopt for what is no number, for 0 W, which no card draws, and for more than twice the card's
/// limit, or 5 kW if it reports none.
[[nodiscard]] std::optional<Watts> parse_gpu_power(std::string_view cell, const std::optional<Watts>& limit);

/// `2026/01/07 12:06:42.519` as seconds, good for differences alone: the time zone is not in it.
[[nodiscard]] std::optional<double> parse_gpu_stamp(std::string_view cell);

/// Names of the reasons in a throttle mask (`0x0000000000000004`) that slow a card down: power and heat; idle and
/// clock settings are not among them.
[[nodiscard]] std::vector<std::string> throttle_reasons(std::uint64_t mask);

} // namespace mutation::sensors
