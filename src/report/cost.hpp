#pragma once

#include "mutation/report/report.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace mutation::report {

/// What a run costs: J if the group has energy, else s. None: the run has no such figure, or it is not positive.
[[nodiscard]] std::optional<double> cost_of(const Group& group, const Run& run);

/// `J` or `s`.
[[nodiscard]] const char* cost_unit(const Group& group);

/// The runs by configuration.
[[nodiscard]] std::map<std::size_t, std::vector<const Run*>> by_configuration(const std::vector<const Run*>& runs);

} // namespace mutation::report
