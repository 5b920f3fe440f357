#pragma once

#include "mutation/stats/columns.hpp"

#include <cstddef>

namespace mutation::stats {

/// Throws Error (internal) with the message if the condition does not hold.
void require(bool condition, const char* message);

/// Throws Error (internal) unless all columns have `rows` numbers.
void require_rows(const Columns& columns, std::size_t rows);

} // namespace mutation::stats
