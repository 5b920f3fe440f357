#include "mutation/run/command_line.hpp"

namespace mutation::run {

std::vector<std::string> training_command(const config::Repository& repository, const plan::PlannedTraining& training) {
    const config::Model& model = *repository.find_model(training.model);
    std::vector<std::string> command{repository.resolve_train_script().string()};
    if (!repository.model_flag.empty() && model.name != "default") {
        command.push_back(repository.model_flag);
        command.push_back(model.name);
    }
    command.insert(command.end(), model.required_args.begin(), model.required_args.end());
    for (const Assignment& assignment : training.hyperparameters) {
        if (!assignment.value) {
            continue;
        }
        const config::Hyperparameter& hyperparameter = *model.find_hyperparameter(assignment.name);
        if (const bool* flag = std::get_if<bool>(&*assignment.value)) {
            if (*flag) {
                command.push_back(hyperparameter.flag);
            }
            continue;
        }
        command.push_back(hyperparameter.flag);
        command.push_back(to_argument(*assignment.value));
    }
    return command;
}

} // namespace mutation::run
