#pragma once

#include "model.hpp"

#include <vector>

namespace mutation::report {

/// Whether a model that was fitted suits its data: lack of fit if configurations have replicates (else squared terms),
/// equal spread, normal residuals.
[[nodiscard]] std::vector<ModelCheck> check_fit(const Model& model);

/// The squares of the columns of numbers with at least three different values. Each is about its column's mean.
[[nodiscard]] stats::Columns squared_columns(const CodedInputs& inputs);

} // namespace mutation::report
