#pragma once

#include "mutation/report/report.hpp"

#include <string>
#include <vector>

namespace mutation::report {

/// A short name for each group: `digits/mlp`, `digits/mlp beside bert/base`. Groups that would have the same name get
/// the name of their machine too, or a number.
[[nodiscard]] std::vector<std::string> group_labels(const std::vector<Group>& groups);

/// `AMD EPYC 7713, 2 x NVIDIA A100`; "an unknown machine" if nothing is known.
[[nodiscard]] std::string machine_label(const MachineKey& machine);

} // namespace mutation::report
