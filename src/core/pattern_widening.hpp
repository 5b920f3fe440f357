#pragma once

#include "mutation/core/pattern.hpp"

#include <optional>
#include <string>

namespace mutation {

/// The text of a pattern that `Pattern::widened` describes. nullopt if `pattern` has no capture group, or a construct
/// that is not known here.
[[nodiscard]] std::optional<std::string> widen_pattern(const std::string& pattern, const NumberStandIn& stand_in);

} // namespace mutation
