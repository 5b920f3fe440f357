#pragma once

#include "mutation/core/json.hpp"
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

/// Error(storage) with the first fault of a text that is no JSON.
void throw_if_faulty(const ParsedJson& parsed);

/// The record of ours of experiment `id` of `session`. `planned`: nullptr if the plan is not known. Error(storage) for
/// everything else.
[[nodiscard]] ExperimentRecord read_record_of(const ParsedJson& parsed, std::string_view session, std::string_view id,
                                              const plan::PlannedExperiment* planned);

} // namespace mutation::record
