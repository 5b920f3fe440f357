#pragma once

#include <vector>

namespace mutation::stats {

/// Numbers column by column: columns[j][i] is column j of row i. All columns have the same length.
using Columns = std::vector<std::vector<double>>;

} // namespace mutation::stats
