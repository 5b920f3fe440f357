#pragma once

#include "mutation/core/units.hpp"

#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::system {

/// All processes below `root`, from one walk over /proc.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

/// When a process started, in the kernel's ticks since boot: with the number it names one process for good. Empty when
/// it is gone.
[[nodiscard]] std::string start_time_of(pid_t process);

/// Ends every descendant of the calling process but those in `spared` and theirs: TERM, and KILL to what is left after
/// `grace`; reaps what became our child. True when nothing is left. Waits at most `grace` plus two seconds.
bool end_descendants(const std::set<pid_t>& spared, Seconds grace);

} // namespace mutation::system
