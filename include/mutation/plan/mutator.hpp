#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/value.hpp"

#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace mutation::plan {

/// The generator of all draws. Its output is fixed by the C++ standard; only its raw bits are used, since the
/// standard's distributions differ between libraries.
using Engine = std::mt19937_64;

/// How many distinct values a hyperparameter can take when it is mutated, as the training sees them
/// (ints: each; reals: those with 6 significant digits in the range, and 0 where zero_probability allows).
/// Saturates at 2^63-1.
[[nodiscard]] std::uint64_t count_values(const config::Hyperparameter& hyperparameter);

/// One draw: rounded to 6 significant digits and clipped to the range for reals, both ends included.
[[nodiscard]] Value draw_value(const config::Hyperparameter& hyperparameter, Engine& engine);

/// `runs` distinct combinations for the mutated hyperparameters, none in `taken` (keys as `mutation_key` makes
/// them). Error(usage) stating the computed count where the space is too small.
[[nodiscard]] std::vector<std::vector<Value>> draw_mutations(const std::vector<const config::Hyperparameter*>& mutated,
                                                             std::size_t runs, const std::set<std::string>& taken,
                                                             Engine& engine);

/// What makes two mutations the same: the words that the training would get.
[[nodiscard]] std::string mutation_key(const std::vector<Value>& values);

} // namespace mutation::plan
