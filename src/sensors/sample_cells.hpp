#pragma once

#include "mutation/sensors/nvidia_smi.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace mutation::sensors {

/// The number as a small integer; -1 if there is none, or none that fits.
template <class Number>
Number small_number(const std::optional<double>& value) {
    constexpr double kMost = std::is_same_v<Number, std::int8_t> ? 127 : 32767;
    return value && *value >= 0 && *value <= kMost ? static_cast<Number>(std::lround(*value)) : Number{-1};
}

/// The number in a column; nullopt if the row has no such cell, or no number in it.
inline std::optional<double> cell_number(const std::string_view* cells, std::size_t count,
                                         std::optional<std::size_t> column) {
    return column && *column < count ? parse_gpu_number(cells[*column]) : std::nullopt;
}

/// The bits of `0x0000000000000004`; 0 for a cell of another form.
inline std::uint64_t parse_mask(std::string_view cell) {
    std::uint64_t mask = 0;
    if (cell.starts_with("0x")) {
        std::from_chars(cell.data() + 2, cell.data() + cell.size(), mask, 16);
    }
    return mask;
}

} // namespace mutation::sensors
