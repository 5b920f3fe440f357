#pragma once

#include "mutation/report/run.hpp"

#include <cstddef>
#include <vector>

namespace mutation::test {

/// The runs of the sample report's groups, control runs included.
[[nodiscard]] std::vector<report::Run> sample_runs(std::size_t runs);
[[nodiscard]] std::vector<report::Run> hostile_runs();

} // namespace mutation::test
