#pragma once

#include <sys/types.h>
#include <vector>

namespace mutation::session {

/// The other sessions that run on this machine now, by the process that a user would signal. Those in containers that
/// hide their processes are not seen.
[[nodiscard]] std::vector<pid_t> other_sessions();

} // namespace mutation::session
