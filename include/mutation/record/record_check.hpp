#pragma once

#include "mutation/core/json.hpp"
#include "mutation/plan/plan.hpp"

#include <string>
#include <string_view>

namespace mutation::record {

/// Why a document is no record that this program can work on: a field that is missing, of another type or of a newer
/// program, named by its JSON path; "" where it is one. Pure, as all of these.
[[nodiscard]] std::string check_record(const Json& record);

/// Why a record is not that of experiment `id` of `session`; "" where it is. For what `check_record` lets pass.
[[nodiscard]] std::string check_place(const Json& record, std::string_view session, std::string_view id);

/// Why a record is not of the training that was planned: repository, model, mode and every value; "" where it is. For
/// what `check_record` lets pass.
[[nodiscard]] std::string check_against_plan(const Json& record, const plan::PlannedExperiment& experiment);

} // namespace mutation::record
