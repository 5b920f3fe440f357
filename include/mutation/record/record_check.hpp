#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mutation::record {

/// The error if a record does not belong to experiment `id` of `session`, with the JSON path. Pure.
[[nodiscard]] std::optional<std::string> check_place(const ExperimentRecord& record, std::string_view session,
                                                     std::string_view id);

/// The error if repository, model, mode or a value of a record differs from the plan, with the JSON path. Pure.
[[nodiscard]] std::optional<std::string> check_against_plan(const ExperimentRecord& record,
                                                            const plan::PlannedExperiment& experiment);

} // namespace mutation::record
