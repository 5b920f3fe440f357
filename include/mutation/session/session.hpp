#pragma once

#include "mutation/session/session_request.hpp"
#include "mutation/system/signals.hpp"

namespace mutation::session {

/// Runs a session to its end and prints its table. Returns the exit status. Error(machine), before anything is run, for
/// what this machine is missing.
[[nodiscard]] int run_session(const SessionRequest& request, system::SignalFd& signals);

} // namespace mutation::session
