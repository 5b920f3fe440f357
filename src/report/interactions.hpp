#pragma once

#include "model.hpp"
#include "mutation/report/analyses.hpp"

#include <vector>

namespace mutation::report {

/// Adds the two-way interactions of each model, with Holm's p over all of them; or why there are none. A model has all
/// pairs of columns of different hyperparameters, the columns about their means.
void find_interactions(Analyses& analyses, const std::vector<Model>& models);

} // namespace mutation::report
