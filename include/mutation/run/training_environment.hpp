#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/system/user.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::run {

/// Names a training for itself, so that it can keep its files apart from those of other runs.
struct TrainingPlace {
    std::string experiment_id;
    std::filesystem::path directory; ///< of the experiment: MUTATION_EXPERIMENT_DIR
};

/// The whole environment of a training, `NAME=value`, sorted: ours (the user's under sudo, without sudo's own
/// variables), the registry's `environment` and `python` on top. `CUDA_DEVICE_ORDER` becomes PCI_BUS_ID unless it is
/// set, so that GPU numbers mean the same to CUDA and to nvidia-smi. `MUTATION_OWNER` names the calling process.
[[nodiscard]] std::vector<std::string> training_environment(const config::Repository& repository,
                                                            const std::vector<std::string>& ours,
                                                            const std::optional<system::User>& user,
                                                            const TrainingPlace& place);

/// The value of a variable in such a list, or nullopt.
[[nodiscard]] std::optional<std::string> find_variable(const std::vector<std::string>& environment,
                                                       const std::string& name);

} // namespace mutation::run
