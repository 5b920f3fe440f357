#pragma once

#include "mutation/config/experiment_config.hpp"
#include "mutation/config/registry.hpp"
#include "mutation/plan/history.hpp"
#include "mutation/plan/mutator.hpp"

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

namespace mutation::plan {

/// Every hyperparameter of a model with its value: the explicit one, else the default.
[[nodiscard]] std::vector<Assignment> effective_values(const config::Model& model,
                                                       const std::vector<Assignment>& explicit_values);

/// Draws the mutations of one configuration after the other, none twice in the session.
class TrainingDrawer {
public:
    TrainingDrawer(const std::vector<HistoricalRun>& history, std::uint64_t seed) : history_(history), seed_(seed) {}

    /// The values of each run. `base` is what holds where nothing is drawn. Error(usage) naming the configuration.
    [[nodiscard]] std::vector<std::vector<Assignment>>
    draw(const config::ExperimentRequest& request, const config::Model& model, const std::vector<Assignment>& base);

private:
    using Taken = std::unordered_set<std::string>;

    void take_history(const config::ExperimentRequest& request, const config::Model& model,
                      const std::vector<Assignment>& base, const std::vector<std::size_t>& mutated, Taken& taken) const;

    const std::vector<HistoricalRun>& history_;
    std::uint64_t seed_;
    std::map<std::string, Taken> taken_; ///< by repository, model and what runs beside
};

} // namespace mutation::plan
