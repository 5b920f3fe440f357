#pragma once

#include "model.hpp"
#include "mutation/report/analyses.hpp"

#include <vector>

namespace mutation::report {

/// The resamples and permutations of a report; their seeds are fixed, so that the same runs give the same report.
inline constexpr std::size_t kDraws = 2000;

/// How much each hyperparameter matters for each outcome that has a model: its share of R2, and its rank correlation.
/// `effects` say where the model sees nothing.
[[nodiscard]] std::vector<ImportanceShare> rank_inputs(const std::vector<Model>& models,
                                                       const std::vector<Effect>& effects);

} // namespace mutation::report
