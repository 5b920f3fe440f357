#pragma once

#include "model.hpp"

#include <vector>

namespace mutation::report {

/// The effects of all models that could be fitted, with Holm's p over all of them.
[[nodiscard]] std::vector<Effect> make_effects(const std::vector<Model>& models);

/// Which part of the energy goes through the duration and which through the power: of the models of these three.
/// Empty if one could not be fitted.
[[nodiscard]] std::vector<Split> split_energy(const std::vector<Model>& models);

} // namespace mutation::report
