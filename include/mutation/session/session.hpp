#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/console/event_log.hpp"
#include "mutation/core/json.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/user.hpp"

#include <optional>

namespace mutation::session {

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
    std::optional<std::filesystem::path> resumed; ///< the session to go on with, instead of a new one
    std::string resumed_name;                     ///< what its records call it, wherever its folder lies now
    bool retry_failed = false;
    /// Called if a resumed session has something to run: returns warnings, throws Error(usage).
    std::function<std::vector<std::string>()> check_resumed;
    console::Verbosity verbosity = console::Verbosity::normal;
    std::optional<system::User> user;  ///< whom trainings run as, where not as ourselves
    bool as_root = false;              ///< `--as-root` was given
    std::vector<std::string> warnings; ///< about config and registry: for the screen and for session.log
};

/// What a changed registry is known by: repository -> digest of its registry file.
[[nodiscard]] Json registry_digests(const config::Registry& registry, const plan::Plan& plan);

/// What session.json holds of a session that is about to begin. `environment`: of the machine.
[[nodiscard]] Json describe_session(const SessionRequest& request, const std::string& name, const Json& environment);

/// Runs a session to its end and prints its table. Returns the exit status. Error(machine), before anything is run, for
/// what the machine lacks.
[[nodiscard]] int run_session(const SessionRequest& request, system::SignalFd& signals);

} // namespace mutation::session
