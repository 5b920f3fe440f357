#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/system/user.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mutation::session {

/// The command that makes a repository ready: the set-up script if the program has one, else a clone; "" if the
/// registry does not say where the code is from.
[[nodiscard]] std::string how_to_set_up(const config::Repository& repository);

/// Why a repository's training script cannot be run, each reason with its remedy. Empty: it can be run.
[[nodiscard]] std::vector<std::string> missing_scripts(const config::Repository& repository);

/// What a plan asks for and this machine is missing: repository folders, scripts that can be run, interpreters. Each
/// with its remedy. Empty: every training can be started.
[[nodiscard]] std::vector<std::string> missing_for_plan(const plan::Plan& plan, const config::Registry& registry);

/// Why the system could not start a repository's training script, with the remedy; nullopt if it could. The script
/// exists.
[[nodiscard]] std::optional<std::string> find_script_error(const config::Repository& repository);

/// How long a repository's own check may take. It loads its environment, perhaps from a slow disk, and looks for its
/// data, but does not read them.
constexpr Seconds kRepositoryCheckLimit{120};

/// Runs a repository's training script with its `check_arguments`, as the user and in the environment of a training,
/// for one model or ("") for all. Returns what it reports as missing: its last lines. nullopt if nothing is missing, if
/// the repository has no such check, and if `stop_fd` became readable meanwhile.
[[nodiscard]] std::optional<std::string> ask_repository(const config::Repository& repository, const std::string& model,
                                                        const std::optional<system::User>& user, int stop_fd = -1);

/// Asks every repository of a plan, once for each model that the plan trains. What is missing, each with its remedy.
[[nodiscard]] std::vector<std::string> ask_repositories(const plan::Plan& plan, const config::Registry& registry,
                                                        const std::optional<system::User>& user, int stop_fd);

/// Names of all repositories that a plan trains, backgrounds included.
[[nodiscard]] std::set<std::string> repositories_of(const plan::Plan& plan);

} // namespace mutation::session
