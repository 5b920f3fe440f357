#pragma once

#include "mutation/report/comparison.hpp"

#include <optional>
#include <string>

namespace mutation::report {

/// The comparison for a terminal: a sentence with the verdict on each outcome, then the tables. At most 80 columns,
/// names of more excepted; ASCII but for names; no colour.
[[nodiscard]] std::string comparison_text(const Comparison& comparison);

/// Why nothing was compared, with the remedy, if the machines differ (`Comparison::is_refused`) or no configuration is
/// on both sides; nullopt: something was.
[[nodiscard]] std::optional<std::string> find_not_comparable(const Comparison& comparison);

} // namespace mutation::report
