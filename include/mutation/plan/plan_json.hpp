#pragma once

#include "mutation/core/json.hpp"
#include "mutation/plan/plan.hpp"

#include <optional>
#include <string_view>

namespace mutation::plan {

[[nodiscard]] std::string_view mode_name(config::Mode mode);

/// The plan as session.json keeps it: nothing is lost, numbers keep their type. What the experiments of a config entry
/// have in common is written once, in `shared`; each of `experiments` is [entry of shared, replicate, mutated
/// values...]. Numbers and ids follow from the order.
[[nodiscard]] Json plan_to_json(const Plan& plan);

/// The reverse. A setting that the file does not have, because an older program wrote it, keeps its default.
/// Error(usage) with the place for anything else that plan_to_json does not write.
[[nodiscard]] Plan plan_from_json(const Json& json);

/// A value as JSON; none is null.
[[nodiscard]] Json value_to_json(const std::optional<Value>& value);

} // namespace mutation::plan
