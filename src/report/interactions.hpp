#pragma once

#include "model.hpp"
#include "mutation/report/analyses.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace mutation::report {

/// Adds the two-way interactions of each model, with Holm's p over all of them; or why there are none. A model has all
/// pairs of columns of different hyperparameters, the columns about their means.
void find_interactions(Analyses& analyses, const std::vector<Model>& models);

/// How interactions name a column: `epochs`, `optimizer = adam`, `dropout = 0`.
[[nodiscard]] std::string column_name(const CodedInputs& inputs, std::size_t column);

} // namespace mutation::report
