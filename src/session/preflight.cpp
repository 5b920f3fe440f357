#include "mutation/session/preflight.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/system/process.hpp"
#include "script_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::session {

namespace {

void check_repository(const config::Repository& repository, std::vector<std::string>& missing) {
    std::error_code status;
    if (!std::filesystem::is_directory(repository.directory, status)) {
        const std::string remedy = how_to_set_up(repository);
        missing.push_back(fmt::format("{}: its folder {} does not exist{}{}; or set `path` in {}", repository.name,
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
        return {fmt::format("{}: its training script {} does not exist; set `train_script` in {}", repository.name,
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

} // namespace mutation::session
