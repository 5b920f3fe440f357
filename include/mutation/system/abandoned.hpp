#pragma once

#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::system {

// A process that hangs in a driver (state D) does not end even if it is killed. It is abandoned: nobody waits for it
// again. The list belongs to the calling process, like its table of children.

/// Adds a process that was killed and did not end.
void abandon(pid_t process);

/// The abandoned processes that still exist; those that have ended are reaped and forgotten.
[[nodiscard]] std::set<pid_t> abandoned_processes();

/// Describes each process that was abandoned since the last call: `nvidia-smi (process 71) was killed but does not
/// end`.
[[nodiscard]] std::vector<std::string> take_abandoned();

} // namespace mutation::system
