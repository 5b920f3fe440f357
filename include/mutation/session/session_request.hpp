#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/console/event_log.hpp"
#include "mutation/core/json.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/sensors/sensors.hpp"
#include "mutation/system/user.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mutation::session {

/// Makes the sensors of a session. A test makes sensors with sources of its own.
using SensorFactory = std::function<std::unique_ptr<sensors::Sensors>(const sensors::SensorSources&)>;

/// The sensors of this machine.
[[nodiscard]] std::unique_ptr<sensors::Sensors> make_sensors(const sensors::SensorSources& sources);

/// A session that is about to run.
struct SessionRequest {
    plan::Plan plan;
    config::Registry registry;
    Json config; ///< the experiment config as it was read, null for a run by flags
    std::string command_line;
    std::vector<std::string> called_as;        ///< `sudo` if it was used, and the program's name: for commands to paste
    std::vector<std::string> registry_options; ///< `-c FILE` or `--settings DIR` as it was given, for the same
    std::filesystem::path results;
    std::string registry_source; ///< `--config FILE` or the settings folder that the registry is from, for resume
    bool is_registry_file = false;
    std::optional<std::filesystem::path> resumed; ///< the session to continue, instead of a new one
    std::string resumed_name;                     ///< the name in its records, wherever its folder is now
    bool retry_failed = false;
    /// Called if a resumed session has something to run: returns warnings, throws Error(usage).
    std::function<std::vector<std::string>()> check_resumed;
    console::Verbosity verbosity = console::Verbosity::normal;
    std::optional<system::User> user;        ///< the user that trainings run as; none: ourselves
    bool as_root = false;                    ///< `--as-root` was given
    std::vector<std::string> warnings;       ///< about config and registry: for the screen and for session.log
    std::vector<std::string> report_command; ///< makes the report when the session has ended; empty: none is wanted
    SensorFactory sensors = make_sensors;
};

} // namespace mutation::session
