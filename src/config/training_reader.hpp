#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/key_tables.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/core/json_cursor.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mutation::config {

/// A model that a config names, found in the registry.
struct FoundModel {
    const Repository* repository = nullptr;
    const Model* model = nullptr;
};

/// What applies to a training that does not say it itself.
struct TrainingDefaults {
    Mode mode = Mode::mutation;
    int runs = 1;
};

/// Reads what to train and with which values, and checks it against the registry.
class TrainingReader {
public:
    /// Errors of broken registry files that are named go to `problems`.
    TrainingReader(const Registry& registry, Problems& problems) : registry_(registry), problems_(problems) {}

    /// Reads `repo`, `model`, `mutate`, `hyperparameters` and `runs_per_config` of an object; the mode is known by
    /// then. nullopt after an error.
    [[nodiscard]] std::optional<TrainingRequest> read_training(const JsonCursor& place,
                                                               const TrainingDefaults& defaults);
    /// `repo` and `model` of an object.
    [[nodiscard]] std::optional<FoundModel> read_model(const JsonCursor& place);
    /// `hyperparameters` of an object.
    [[nodiscard]] std::vector<Assignment> read_hyperparameters(const JsonCursor& place, const FoundModel& found);
    /// Checks the form of `mutate` and `hyperparameters` if the model is not known.
    void check_form(const JsonCursor& place);

private:
    std::vector<std::string> read_mutate(const JsonCursor& place, const FoundModel& found,
                                         const std::vector<Assignment>& fixed);
    std::vector<std::string> read_mutate_list(const JsonCursor& list, const FoundModel& found,
                                              const std::vector<Assignment>& fixed);
    const Hyperparameter* find_mutable(const JsonCursor& place, const FoundModel& found,
                                       const std::vector<Assignment>& fixed);
    void note_unknown_repository(const JsonCursor& place, const std::string& name);
    void note_unknown_hyperparameter(const JsonCursor& place, const std::string& name, const FoundModel& found);

    const Registry& registry_;
    Problems& problems_;
    std::set<const BrokenRegistryFile*> shown_; ///< whose errors are noted already
};

} // namespace mutation::config
