#pragma once

#include "mutation/core/value.hpp"
#include "mutation/plan/draw_bits.hpp"
#include "mutation/plan/value_space.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace mutation::plan {

/// The values of all hyperparameters of a training; none: the flag is left out.
using Combination = std::vector<std::optional<Value>>;

/// What one configuration can draw: some values of a combination vary, the others are fixed.
struct MutationSpace {
    std::vector<ValueSpace> spaces;     ///< of the mutated hyperparameters
    std::vector<std::size_t> positions; ///< of each in `combination`
    Combination combination;            ///< the fixed values; those at `positions` do not matter

    /// Distinct combinations; stops at kMostValues.
    [[nodiscard]] std::uint64_t size() const;
};

/// `runs` distinct mutations, none of whose combinations is in `taken`; they are added to it. A mutation has a value
/// for each of `space.spaces`. Error(usage) if the space is too small; it states how many mutations there are.
[[nodiscard]] std::vector<std::vector<Value>> draw_distinct(const MutationSpace& space, std::size_t runs,
                                                            std::set<Combination>& taken, Engine& engine);

} // namespace mutation::plan
