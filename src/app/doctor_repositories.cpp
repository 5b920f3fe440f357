#include "mutation/app/doctor.hpp"
#include "mutation/app/machine.hpp"
#include "mutation/app/preflight.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/training_environment.hpp"
#include "mutation/system/process.hpp"

#include <fmt/format.h>

namespace mutation::app {

namespace {

using Status = Check::Status;

/// Data are looked for, not read.
constexpr Seconds kCheckLimit{30};
constexpr std::size_t kShortCommit = 10;

/// "" where the clone is at the commit that the registry names, or names none.
std::string commit_trouble(const config::Repository& repository) {
    const Json facts = describe_repository(repository);
    if (!repository.upstream || !facts.is_object() || !facts.at("commit").is_string()) {
        return {};
    }
    const auto commit = facts.at("commit").get<std::string>();
    return commit == repository.upstream->commit
               ? ""
               : fmt::format("it is at commit {}, the registry names {}", commit.substr(0, kShortCommit),
                             repository.upstream->commit.substr(0, kShortCommit));
}

/// What the training script says is missing; "" where nothing is, or it cannot tell.
std::string data_trouble(const config::Repository& repository, const std::optional<system::User>& user) {
    if (repository.check_arguments.empty()) {
        return {};
    }
    system::SpawnRequest request;
    request.argv = repository.check_arguments;
    request.argv.insert(request.argv.begin(), repository.resolve_train_script().string());
    request.directory = repository.directory;
    request.environment = run::training_environment(repository, system::own_environment(), user, {});
    try {
        const system::CapturedRun run = system::run_captured(std::move(request), kCheckLimit);
        if (run.status.is_success()) {
            return {};
        }
        if (run.timed_out) {
            return fmt::format("its check did not end within {:.0f} s", kCheckLimit.count());
        }
        return std::string(split(trim(run.err.empty() ? run.out : run.err), '\n').back());
    } catch (const Error& error) {
        return error.message();
    }
}

Check check_repository(const config::Repository& repository, const std::optional<system::User>& user) {
    const std::string name = "repository_" + repository.name;
    std::error_code status;
    if (!std::filesystem::is_directory(repository.directory, status)) {
        return {name, Status::warning, "not there: " + repository.directory.string(), how_to_set_up(repository)};
    }
    const std::filesystem::path script = repository.resolve_train_script();
    if (!std::filesystem::is_regular_file(script, status)) {
        return {name, Status::warning, "its training script is missing: " + script.string(), ""};
    }
    for (const std::string& trouble : {commit_trouble(repository), data_trouble(repository, user)}) {
        if (!trouble.empty()) {
            return {name, Status::warning, trouble, how_to_set_up(repository)};
        }
    }
    return {name, Status::ok, repository.check_arguments.empty() ? "there" : "there: code, environment and data", ""};
}

} // namespace

std::vector<Check> check_settings(const Patient& patient) {
    std::vector<Check> checks;
    if (patient.registry == nullptr) {
        checks.push_back({"settings", Status::failure, patient.settings_trouble, "name them with --settings DIR"});
        return checks;
    }
    std::size_t models = 0;
    for (const config::Repository& repository : patient.registry->repositories) {
        models += repository.models.size();
    }
    checks.push_back({"settings", Status::ok,
                      fmt::format("{} repositories, {} models", patient.registry->repositories.size(), models), ""});
    for (const config::Repository& repository : patient.registry->repositories) {
        checks.push_back(check_repository(repository, patient.user));
    }
    return checks;
}

} // namespace mutation::app
