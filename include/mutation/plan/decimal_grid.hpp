#pragma once

#include <cstdint>

namespace mutation::plan {

/// The grid: all doubles that are the nearest one to a decimal of at most 6 significant digits. Drawn reals are on it,
/// so that they are readable in a table and can be counted.

/// The nearest value of the grid, never -0.0. Same as `round_significant(value, 6)` but for ties, and much faster in
/// the range of real hyperparameters.
[[nodiscard]] double round_to_grid(double value);

/// How many values of the grid are in (0, limit]. `limit` is positive and finite.
[[nodiscard]] std::uint64_t grid_rank(double limit);

/// The value of the grid whose rank that is: `grid_rank(grid_value(r)) == r` for 1 <= r <= grid_rank(DBL_MAX).
[[nodiscard]] double grid_value(std::uint64_t rank);

} // namespace mutation::plan
