#pragma once

#include "mutation/session/experiment.hpp"

#include <string>

namespace mutation::session {

/// Lets the machine rest between two experiments: for the time that was asked for, and until every GPU is cool enough
/// where that was asked for. Returns early when a signal asks the session to stop. Returns how it rested: `idle`,
/// `loaded` (a shared background ran on), `none`.
[[nodiscard]] std::string cool_down(SessionContext& session);

} // namespace mutation::session
