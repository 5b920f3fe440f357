#pragma once

#include <sys/types.h>
#include <vector>

namespace mutation::session {

/// The other sessions that run on this machine now: the process of each that a user would signal. Sessions in
/// containers that hide their processes are not found.
[[nodiscard]] std::vector<pid_t> other_sessions();

} // namespace mutation::session
