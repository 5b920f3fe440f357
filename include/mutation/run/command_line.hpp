#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"

#include <string>
#include <vector>

namespace mutation::run {

/// The exact argv of a training: script, model flag and name, required arguments, then every hyperparameter
/// that has a value, in the registry's order. A boolean's flag has no value; it is left out if the value is false.
/// Like v3.0, the model flag is left out for a model called `default`.
[[nodiscard]] std::vector<std::string> training_command(const config::Repository& repository,
                                                        const plan::PlannedTraining& training);

} // namespace mutation::run
