#pragma once

#include "mutation/core/units.hpp"

#include <cstddef>
#include <string>

namespace mutation::run {

/// What a training's environment names its session by, so that it can be told from one that lives.
constexpr const char* kOwnerVariable = "MUTATION_OWNER";

/// The calling process as an owner: `boot:namespaces:pid:start time`. "" where /proc does not tell.
[[nodiscard]] std::string owner_mark();

/// Ends what trainings of sessions that are gone left running, which happens when guardian, tool and launcher are
/// killed at one stroke: TERM, and KILL to what is left after `grace`; waits at most that long and two seconds more.
/// Only processes of our own effective user whose mark is of this boot and these namespaces and whose owner is gone,
/// and what is below them; what we run under ourselves is left alone. Returns how many there were.
std::size_t end_abandoned_trainings(Seconds grace = Seconds(5)) noexcept;

} // namespace mutation::run
