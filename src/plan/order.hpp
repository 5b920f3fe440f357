#pragma once

#include "mutation/plan/plan.hpp"

#include <vector>

namespace mutation::plan {

/// The runs of each configuration, put in the session's order. Replicates are whole passes over all runs, so that the
/// repetitions of a value are spread over the session; under `random` everything is shuffled together.
[[nodiscard]] std::vector<PlannedExperiment> put_in_order(std::vector<std::vector<PlannedExperiment>> configurations,
                                                          int replicates, config::Order order, std::uint64_t seed);

/// Adds control runs first, after every `every` experiments, and last.
[[nodiscard]] std::vector<PlannedExperiment> insert_controls(std::vector<PlannedExperiment> experiments,
                                                             const PlannedExperiment& control, int every);

/// `<repo>_<model>_<NNN>[_parallel]`, with `_` for what is not fit for a folder's name.
[[nodiscard]] std::string experiment_id(const PlannedExperiment& experiment);

} // namespace mutation::plan
