#pragma once

#include "mutation/plan/plan.hpp"
#include "mutation/record/experiment_record.hpp"

#include <string>
#include <string_view>

namespace mutation::record {

/// Why a record is not that of experiment `id` of `session`, with the JSON path; "" if it is. Pure.
[[nodiscard]] std::string check_place(const ExperimentRecord& record, std::string_view session, std::string_view id);

/// Why a record is not of the training that was planned: repository, model, mode and every value; "" if it is. Pure.
[[nodiscard]] std::string check_against_plan(const ExperimentRecord& record, const plan::PlannedExperiment& experiment);

} // namespace mutation::record
