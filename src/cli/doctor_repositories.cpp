#include "doctor.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/text.hpp"
#include "mutation/session/machine.hpp"
#include "mutation/session/preflight.hpp"

#include <fmt/format.h>

namespace mutation::cli {

namespace {

using Status = Check::Status;

constexpr std::size_t kShortCommit = 10;

/// "" if the clone is at the commit that the registry names, or if it names none.
std::string commit_difference(const config::Repository& repository, int stop_fd) {
    const std::optional<record::RepositoryFacts> facts = session::describe_repository(repository, stop_fd);
    if (!repository.upstream || !facts || !facts->commit) {
        return {};
    }
    const std::string& commit = *facts->commit;
    return commit == repository.upstream->commit
               ? ""
               : fmt::format("it is at commit {}, the registry names {}", commit.substr(0, kShortCommit),
                             repository.upstream->commit.substr(0, kShortCommit));
}

Check check_repository(const config::Repository& repository, const Patient& patient) {
    const std::string name = "repository_" + repository.name;
    std::error_code status;
    if (!std::filesystem::is_directory(repository.directory, status)) {
        return {name, Status::warning, "not there: " + repository.directory.string(),
                session::how_to_set_up(repository)};
    }
    const std::filesystem::path script = repository.resolve_train_script();
    if (!std::filesystem::is_regular_file(script, status)) {
        return {name, Status::warning, "its training script is missing: " + script.string(), ""};
    }
    if (const std::optional<std::string> error = session::find_script_error(repository)) {
        return {name, Status::warning, fmt::format("its training script {} {}", script.string(), *error), ""};
    }
    const int stop_fd = patient.sources.stop_fd;
    for (const std::string& reason : {commit_difference(repository, stop_fd),
                                      session::ask_repository(repository, "", patient.user, stop_fd).value_or("")}) {
        if (!reason.empty()) { // the last line says the most
            return {name, Status::warning, std::string(split(reason, '\n').back()), session::how_to_set_up(repository)};
        }
    }
    return {name, Status::ok, repository.check_arguments.empty() ? "there" : "there: code, environment and data", ""};
}

} // namespace

std::vector<Check> check_settings(const Patient& patient) {
    std::vector<Check> checks;
    if (patient.registry == nullptr) {
        checks.push_back({"settings", Status::failure, patient.settings_error, "name them with --settings DIR"});
        return checks;
    }
    std::size_t models = 0;
    for (const config::Repository& repository : patient.registry->repositories) {
        models += repository.models.size();
    }
    checks.push_back(
        {"settings", Status::ok,
         fmt::format("{}, {}", counted(patient.registry->repositories.size(), "repository", "repositories"),
                     counted(models, "model")),
         ""});
    for (const config::BrokenRegistryFile& broken : patient.registry->broken) {
        checks.push_back({"registry_" + broken.file.stem().string(), Status::warning,
                          config::format_problem(broken.errors.front()), "mutation validate " + broken.file.string()});
    }
    for (const config::Repository& repository : patient.registry->repositories) {
        checks.push_back(check_repository(repository, patient));
    }
    return checks;
}

} // namespace mutation::cli
