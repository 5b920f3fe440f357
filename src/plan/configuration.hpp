#pragma once

#include "mutation/plan/mutation_space.hpp"
#include "mutation/plan/plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace mutation::plan {

/// One entry of a config with all that it draws, before it is put in order.
struct Configuration {
    const config::ExperimentRequest* request = nullptr;
    const config::Repository* repository = nullptr;
    const config::Model* model = nullptr;
    config::Mode mode = config::Mode::mutation;
    std::vector<Assignment> assignments;       ///< effective values; the mutated ones are filled in run by run
    MutationSpace space;                       ///< positions are those in `assignments`
    std::vector<std::vector<Value>> mutations; ///< of each run
    std::size_t runs = 0;                      ///< without replicates
    bool has_mutations = false;                ///< else all runs have the same values
    std::optional<PlannedBackground> background;
    std::optional<Seconds> timeout;
    std::optional<Seconds> stall;
};

/// What a session has used up, by repository, model and mode. Judged on all effective values, since two entries that
/// mutate different hyperparameters can still give a training the same words.
using UsedMutations = std::map<std::tuple<std::string, std::string, config::Mode>, std::set<Combination>>;

/// Resolves an entry against the registry: effective values, limits, background. Error(usage) for unknown names.
[[nodiscard]] Configuration resolve_configuration(const config::ExperimentRequest& request,
                                                  const config::ExperimentConfig& config,
                                                  const config::Registry& registry);

/// Past runs, and what became of them: whether each counts for any entry, and how many sets of values they exclude.
struct PastRuns {
    const std::vector<HistoricalRun>& runs;
    std::vector<bool> is_counted = std::vector<bool>(runs.size(), false);
    std::size_t excluded = 0;
};

/// Puts the mutations of the entry that were run before into `used`.
void exclude_past_runs(const Configuration& configuration, UsedMutations& used, PastRuns& past,
                       const config::Registry& registry);

/// Draws the entry's mutations, none of which is in `used`. Error(usage) if there are too few; its message begins with
/// repository and model.
void draw_configuration(Configuration& configuration, UsedMutations& used, Engine engine);

/// The training of one of its runs.
[[nodiscard]] PlannedTraining training_of_run(const Configuration& configuration, std::size_t run);

/// Every hyperparameter at its default.
[[nodiscard]] PlannedTraining default_training(const config::Repository& repository, const config::Model& model);

} // namespace mutation::plan
