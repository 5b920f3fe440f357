#pragma once

#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/run/attempt.hpp"
#include "mutation/run/governor.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/session/session_request.hpp"
#include "mutation/system/signals.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace mutation::session {

/// A session whose machine was checked and whose folder has its plan: what is missing are the runs.
struct PreparedSession {
    record::SessionStore store;                   ///< locked
    std::unique_ptr<run::GovernorGuard> governor; ///< holds the governor that was asked for; null: none was
    record::MachineFacts machine;
    sensors::SensorSources sensor_sources;          ///< where this machine's sensors are
    std::vector<record::ExperimentRecord> standing; ///< records of the plan's experiments that need not be run again
};

/// Checks the machine and the repositories, sets the governor, creates or opens the session's folder, and reads the
/// records that it has. nullopt if a signal interrupted it before anything was begun. Error(machine) for what this
/// machine is missing, Error(storage) for a damaged record, Error(usage) from `check_resumed`.
[[nodiscard]] std::optional<PreparedSession> prepare_session(const SessionRequest& request, system::SignalFd& signals,
                                                             run::Interruption& interruption, console::EventLog& log);

} // namespace mutation::session
