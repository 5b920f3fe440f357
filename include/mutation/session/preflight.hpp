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

/// The command that makes a repository ready: the set-up script where the program brings it, else a clone; "" where
/// nobody knows where the code is from.
[[nodiscard]] std::string how_to_set_up(const config::Repository& repository);

/// Why a repository's training script cannot be run, each with its remedy. Empty: it can be.
[[nodiscard]] std::vector<std::string> missing_scripts(const config::Repository& repository);

/// What this machine lacks of what a plan asks for: repository folders, scripts that can be run, interpreters.
/// Each with its remedy. Empty: every training can be started.
[[nodiscard]] std::vector<std::string> missing_for_plan(const plan::Plan& plan, const config::Registry& registry);

/// Why the system could not start a repository's training script, with the remedy; nothing if it could. The script is
/// there.
[[nodiscard]] std::optional<std::string> find_script_error(const config::Repository& repository);

/// Why `$MUTATION_PERF` or `$MUTATION_NVIDIA_SMI` cannot be used. Empty if each names a program or is not set.
[[nodiscard]] std::vector<std::string> missing_named_programs();

/// How long a repository's own check may take: its environment is loaded, perhaps from a slow disk; data are looked
/// for, not read.
constexpr Seconds kRepositoryCheckLimit{120};

/// What a repository's training script says is missing when it is asked with its `check_arguments`, as the user and in
/// the environment of a training, for one model or ("") for all: its last lines; "" where nothing is missing, where it
/// has no such words, and where `stop_fd` became readable meanwhile.
[[nodiscard]] std::string ask_repository(const config::Repository& repository, const std::string& model,
                                         const std::optional<system::User>& user, int stop_fd = -1);

/// Asks every repository of a plan, once for each model that the plan trains. What is missing, each with its remedy.
[[nodiscard]] std::vector<std::string> ask_repositories(const plan::Plan& plan, const config::Registry& registry,
                                                        const std::optional<system::User>& user, int stop_fd);

/// Names of all repositories that a plan trains, backgrounds included.
[[nodiscard]] std::set<std::string> repositories_of(const plan::Plan& plan);

/// The perf to use: `$MUTATION_PERF`, else the one on PATH; nothing when there is none. Error(machine) when the
/// variable names none, or when root would run a file that others may write.
[[nodiscard]] std::optional<std::filesystem::path> find_perf();

/// `$MUTATION_NVIDIA_SMI`, else the one on PATH; nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> find_nvidia_smi();

/// `$MUTATION_SYSFS`, else `/sys`.
[[nodiscard]] std::filesystem::path sysfs_root();

/// Free bytes on the disk of `directory` (or of its nearest existing parent).
[[nodiscard]] std::uintmax_t free_disk(const std::filesystem::path& directory);

/// The least that must be free before a training starts.
constexpr std::uintmax_t kLeastFreeDisk = 64U << 20U;

/// The error if less than that is free; nullopt if there is enough.
[[nodiscard]] std::optional<std::string> describe_full_disk(const std::filesystem::path& directory);

/// Why sessions cannot be stored in `results`: the folder cannot be made, or its disk is full; nullopt if they can. May
/// make the folder.
[[nodiscard]] std::optional<std::string> results_problem(const std::filesystem::path& results);

} // namespace mutation::session
