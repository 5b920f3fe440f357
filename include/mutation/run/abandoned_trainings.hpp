#pragma once

#include "mutation/core/units.hpp"

#include <cstddef>
#include <string>

namespace mutation::run {

/// The variable in a training's environment that names its session.
constexpr const char* kOwnerVariable = "MUTATION_OWNER";

/// The calling process as an owner: `boot:namespaces:pid:start time`. "" if /proc does not show it.
[[nodiscard]] std::string owner_mark();

/// Ends processes of trainings whose session is dead, which happens if guardian, tool and launcher are killed together:
/// TERM, and KILL to what is left after `grace`; waits at most that long and two seconds more. Only processes of our
/// own effective user whose mark is of this boot and these namespaces and whose owner is dead, and their descendants;
/// our own ancestors are left alone. Returns their number.
std::size_t end_abandoned_trainings(Seconds grace = Seconds(5)) noexcept;

} // namespace mutation::run
