#pragma once

#include "mutation/core/json.hpp"
#include "mutation/record/environment.hpp"
#include "mutation/session/session_request.hpp"

#include <string>

namespace mutation::session {

/// Repository -> digest of its registry file: shows whether the registry has changed since a session was begun.
[[nodiscard]] Json registry_digests(const config::Registry& registry, const plan::Plan& plan);

/// The content of session.json at the beginning of a session.
[[nodiscard]] Json describe_session(const SessionRequest& request, const std::string& name,
                                    const record::MachineFacts& machine);

} // namespace mutation::session
