#include "mutation/session/preflight.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/system/file.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/user.hpp"
#include "script_check.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mutation::session {

namespace {

void check_repository(const config::Repository& repository, std::vector<std::string>& missing) {
    std::error_code status;
    if (!std::filesystem::is_directory(repository.directory, status)) {
        const std::string remedy = how_to_set_up(repository);
        missing.push_back(fmt::format("{}: its folder {} is not there{}{}; or set `path` in {}", repository.name,
                                      repository.directory.string(), remedy.empty() ? "" : "; run: ", remedy,
                                      repository.file.string()));
        return;
    }
    const std::vector<std::string> scripts = missing_scripts(repository);
    missing.insert(missing.end(), scripts.begin(), scripts.end());
}

/// The end of what a program printed: the last lines of a check matter most.
std::string last_lines(std::string_view text) {
    constexpr std::size_t kMostLines = 20;
    const std::vector<std::string_view> lines = split(trim(text), '\n');
    const std::size_t first = lines.size() - std::min(lines.size(), kMostLines);
    std::string last;
    for (std::size_t i = first; i < lines.size(); ++i) {
        last += fmt::format("{}{}", last.empty() ? "" : "\n", lines[i]);
    }
    return last;
}

/// The model as the script gets it; "" if it gets none.
std::string model_argument(const config::Repository& repository, const std::string& model) {
    return repository.model_flag.empty() || model == "default" ? "" : model;
}

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

constexpr int kMostLinks = 40;

/// Whether only root decides what this path leads to: root owns every folder and link on it, and no other user may
/// write to them. In a shared folder like /tmp, a folder of root is safe; a file or link is not.
bool is_roots_alone(const std::filesystem::path& path, int links = 0) {
    std::filesystem::path seen = "/";
    bool is_shared = false;
    for (const std::filesystem::path& part : path.relative_path()) {
        seen /= part;
        struct stat facts {};
        if (links > kMostLinks || ::lstat(seen.c_str(), &facts) != 0 || facts.st_uid != 0) {
            return false;
        }
        if (is_shared && !S_ISDIR(facts.st_mode)) {
            return false;
        }
        const bool is_open = (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !S_ISLNK(facts.st_mode);
        is_shared = is_open && S_ISDIR(facts.st_mode) && (facts.st_mode & S_ISVTX) != 0;
        if (is_open && !is_shared) {
            return false;
        }
        if (S_ISLNK(facts.st_mode) &&
            !is_roots_alone(seen.parent_path() / std::filesystem::read_symlink(seen), links + 1)) {
            return false;
        }
    }
    return true;
}

/// Under sudo, perf runs as root. If the caller could change what this path leads to, root would run the caller's code.
void check_trusted(const std::filesystem::path& program) {
    if (system::has_root() && ::geteuid() != 0 && !is_roots_alone(program)) {
        throw Error(
            ErrorKind::machine,
            fmt::format("{} would run as root, but other users can replace it; install perf from the distribution's "
                        "packages, or run without sudo",
                        program.string()));
    }
}

/// The program that the variable names, else the one of that name on PATH.
std::optional<std::filesystem::path> find_named(const char* name, const char* program) {
    const std::optional<std::string> named = variable(name);
    std::optional<std::filesystem::path> found = system::find_program(named.value_or(program));
    if (named && !found) {
        throw Error(ErrorKind::machine,
                    fmt::format("{} names {}, which is no program; unset it or correct it", name, *named));
    }
    return found;
}

} // namespace

std::string how_to_set_up(const config::Repository& repository) {
    std::error_code status;
    if (std::filesystem::exists(repository.base / "scripts/setup-repository.sh", status)) {
        return (repository.base / "scripts/setup-repository.sh").string() + " " + repository.name;
    }
    return repository.upstream ? fmt::format("git clone {} {}", repository.upstream->url, repository.directory.string())
                               : "";
}

std::optional<std::string> find_script_error(const config::Repository& repository) {
    const std::vector<std::string> environment =
        run::training_environment(repository, system::own_environment(), std::nullopt, {});
    return find_script_error(repository.resolve_train_script(), repository.directory,
                             run::find_variable(environment, "PATH").value_or(""));
}

std::set<std::string> repositories_of(const plan::Plan& plan) {
    std::set<std::string> names;
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        names.insert(experiment.training.repository);
        if (experiment.background) {
            names.insert(experiment.background->training.repository);
        }
    }
    return names;
}

std::vector<std::string> missing_scripts(const config::Repository& repository) {
    std::error_code status;
    const std::filesystem::path script = repository.resolve_train_script();
    if (!std::filesystem::is_regular_file(script, status)) {
        return {fmt::format("{}: its training script {} is not there; set `train_script` in {}", repository.name,
                            script.string(), repository.file.string())};
    }
    if (const auto error = find_script_error(repository)) {
        return {fmt::format("{}: its training script {} {}", repository.name, script.string(), *error)};
    }
    return {};
}

std::vector<std::string> missing_for_plan(const plan::Plan& plan, const config::Registry& registry) {
    std::vector<std::string> missing;
    for (const std::string& name : repositories_of(plan)) {
        if (const config::Repository* repository = registry.find(name)) {
            check_repository(*repository, missing);
        }
    }
    return missing;
}

std::vector<std::string> missing_named_programs() {
    std::vector<std::string> missing;
    for (const auto& find : {find_perf, find_nvidia_smi}) {
        try {
            [[maybe_unused]] const auto found = find();
        } catch (const Error& error) {
            missing.push_back(error.message());
        }
    }
    return missing;
}

std::optional<std::string> ask_repository(const config::Repository& repository, const std::string& model,
                                          const std::optional<system::User>& user, int stop_fd) {
    if (repository.check_arguments.empty()) {
        return std::nullopt;
    }
    system::SpawnRequest request;
    request.argv = {repository.resolve_train_script().string()};
    if (!model_argument(repository, model).empty()) {
        request.argv.insert(request.argv.end(), {repository.model_flag, model});
    }
    request.argv.insert(request.argv.end(), repository.check_arguments.begin(), repository.check_arguments.end());
    request.directory = repository.directory;
    request.environment = run::training_environment(repository, system::own_environment(), user, {});
    try {
        const system::CapturedRun run = system::run_captured(std::move(request), kRepositoryCheckLimit, {stop_fd});
        if (run.status.is_success() || run.was_stopped) {
            return std::nullopt;
        }
        if (run.timed_out) {
            return fmt::format("its check did not end within {:.0f} s{}", kRepositoryCheckLimit.count(),
                               run.hang_note());
        }
        const std::string message = last_lines(run.out + "\n" + run.err);
        return message.empty() ? "its check failed and printed nothing" : message;
    } catch (const Error& error) {
        return error.message();
    }
}

std::vector<std::string> ask_repositories(const plan::Plan& plan, const config::Registry& registry,
                                          const std::optional<system::User>& user, int stop_fd) {
    std::set<std::pair<std::string, std::string>> asked;
    std::vector<std::string> missing;
    const auto ask = [&](const plan::PlannedTraining& training) {
        const config::Repository* repository = registry.find(training.repository);
        if (repository == nullptr) {
            return;
        }
        const std::string model = model_argument(*repository, training.model);
        if (!asked.emplace(repository->name, model).second) {
            return;
        }
        if (const std::optional<std::string> message = ask_repository(*repository, model, user, stop_fd)) {
            const std::string remedy = how_to_set_up(*repository);
            missing.push_back(fmt::format("{}{}{}: {}{}{}", repository->name, model.empty() ? "" : " ", model, *message,
                                          remedy.empty() ? "" : "\nto set it up: ", remedy));
        }
    };
    for (const plan::PlannedExperiment& experiment : plan.experiments) {
        ask(experiment.training);
        if (experiment.background) {
            ask(experiment.background->training);
        }
    }
    return missing;
}

std::optional<std::filesystem::path> find_perf() {
    std::optional<std::filesystem::path> found = find_named("MUTATION_PERF", "perf");
    if (found) {
        check_trusted(*found);
    }
    return found;
}

std::optional<std::filesystem::path> find_nvidia_smi() {
    return find_named("MUTATION_NVIDIA_SMI", "nvidia-smi");
}

std::filesystem::path sysfs_root() {
    return variable("MUTATION_SYSFS").value_or("/sys");
}

std::uintmax_t free_disk(const std::filesystem::path& directory) {
    std::filesystem::path existing = std::filesystem::absolute(directory);
    std::error_code status;
    while (!std::filesystem::exists(existing, status) && existing.has_relative_path()) {
        existing = existing.parent_path();
    }
    const std::filesystem::space_info space = std::filesystem::space(existing, status);
    return status ? 0 : space.available;
}

std::optional<std::string> describe_full_disk(const std::filesystem::path& directory) {
    if (free_disk(directory) >= kLeastFreeDisk) {
        return std::nullopt;
    }
    return fmt::format("less than {} MiB are free on the disk of {}; make room", kLeastFreeDisk >> 20U,
                       directory.string());
}

std::optional<std::string> results_problem(const std::filesystem::path& results) {
    std::optional<std::string> full = describe_full_disk(results);
    if (!full) {
        return std::nullopt;
    }
    try {
        // A file system that takes no files (/proc, a CD) reports 0 free bytes too: then this is the reason.
        system::create_directories(results);
    } catch (const Error& error) {
        return error.message() + "; name another folder with --results-dir";
    }
    return full;
}

} // namespace mutation::session
