#include "mutation/run/training_environment.hpp"

#include "mutation/run/abandoned_trainings.hpp"
#include "python_environment.hpp"

#include <fmt/format.h>

namespace mutation::run {

namespace {

Variables to_map(const std::vector<std::string>& environment) {
    Variables variables;
    for (const std::string& entry : environment) {
        const std::size_t equals = entry.find('=');
        if (equals != std::string::npos && equals > 0) {
            variables.insert_or_assign(entry.substr(0, equals), entry.substr(equals + 1));
        }
    }
    return variables;
}

/// Removes what sudo set: the training sees what its user would see.
void become_users(Variables& variables, const system::User& user) {
    for (const char* name : {"SUDO_UID", "SUDO_GID", "SUDO_USER", "SUDO_COMMAND", "SUDO_HOME", "SUDO_PROMPT", "MAIL"}) {
        variables.erase(name);
    }
    variables["HOME"] = user.home;
    variables["USER"] = user.name;
    variables["LOGNAME"] = user.name;
    variables["SHELL"] = user.shell;
}

} // namespace

std::vector<std::string> training_environment(const config::Repository& repository,
                                              const std::vector<std::string>& ours,
                                              const std::optional<system::User>& user, const TrainingPlace& place) {
    Variables variables = to_map(ours);
    if (user) {
        become_users(variables, *user);
    }
    variables.emplace("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    if (!repository.python.empty()) {
        choose_python(variables, repository.base, repository.python);
    }
    for (const auto& [name, value] : repository.environment) {
        variables.insert_or_assign(name, value);
    }
    variables["MUTATION_EXPERIMENT_ID"] = place.experiment_id;
    variables["MUTATION_EXPERIMENT_DIR"] = place.directory.string();
    variables[kOwnerVariable] = owner_mark();
    std::vector<std::string> environment;
    environment.reserve(variables.size());
    for (const auto& [name, value] : variables) {
        environment.push_back(fmt::format("{}={}", name, value));
    }
    return environment;
}

std::optional<std::string> find_variable(const std::vector<std::string>& environment, const std::string& name) {
    const std::string head = name + "=";
    for (const std::string& entry : environment) {
        if (entry.starts_with(head)) {
            return entry.substr(head.size());
        }
    }
    return std::nullopt;
}

} // namespace mutation::run
