#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/value.hpp"
#include "mutation/plan/draw_bits.hpp"
#include "mutation/plan/mutation_set.hpp"
#include "mutation/plan/value_space.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace mutation::plan {

/// How many distinct values a hyperparameter can take when it is mutated, as the training sees them
/// (ints: each; reals: those with 6 significant digits in the range, an end that has more where draws are clipped to
/// it, and 0 where zero_probability allows). Saturates at 2^63-1; 0 for a number that has no range.
[[nodiscard]] std::uint64_t count_values(const config::Hyperparameter& hyperparameter);

/// One draw: rounded to 6 significant digits and clipped to the range for reals, both ends included. Error(usage) when
/// the hyperparameter cannot be mutated.
[[nodiscard]] Value draw_value(const config::Hyperparameter& hyperparameter, Engine& engine);

/// `runs` distinct combinations for the mutated hyperparameters, none in `taken` (keys as `mutation_key` makes
/// them). Error(usage) stating the computed count where the space is too small.
[[nodiscard]] std::vector<std::vector<Value>> draw_mutations(const std::vector<const config::Hyperparameter*>& mutated,
                                                             std::size_t runs, const std::set<std::string>& taken,
                                                             Engine& engine);

/// What makes two mutations the same: the words that the training would get.
[[nodiscard]] std::string mutation_key(const std::vector<Value>& values);

/// What one configuration can draw: some words of a combination vary, the others are fixed.
struct MutationSpace {
    std::vector<ValueSpace> spaces;     ///< of the mutated hyperparameters
    std::vector<std::size_t> positions; ///< where each stands in `combination`
    std::vector<Word> combination;      ///< the fixed words; those at `positions` do not matter

    /// Distinct combinations; stops at kMostValues.
    [[nodiscard]] std::uint64_t size() const;
};

/// As `draw_mutations`, on packed values: `runs` rows of `spaces.size()` words, each combination then in `taken`.
[[nodiscard]] std::vector<Word> draw_distinct(const MutationSpace& space, std::size_t runs, MutationSet& taken,
                                              Engine& engine);

} // namespace mutation::plan
