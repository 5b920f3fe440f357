#pragma once

#include "mutation/core/units.hpp"
#include "mutation/system/user.hpp"

#include <optional>

namespace mutation::session {

/// What a worker needs to know of its session.
struct WorkerSettings {
    int max_retries = 2;
    Seconds baseline{10};             ///< how long the idle machine is measured; 0: not at all
    std::optional<system::User> user; ///< the user that trainings run as; none: ourselves
    bool as_root = false;             ///< `--as-root` was given
};

} // namespace mutation::session
