#pragma once

#include "mutation/core/units.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/system/process.hpp"

namespace mutation::run {

/// Runs a program like system::run_captured, and ends its group by the steps of a training (INT, TERM, KILL; at once
/// for a second signal) when a signal comes meanwhile, which is counted in `interruption`.
[[nodiscard]] system::CapturedRun run_interruptible(system::SpawnRequest request, Seconds limit,
                                                    system::SignalFd& signals, Interruption& interruption);

} // namespace mutation::run
