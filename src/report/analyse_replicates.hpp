#pragma once

#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// The spread of ln cost within configurations, pooled, and what differences it lets be seen: with a two-sided t test
/// at 5 % and a power of .8.
[[nodiscard]] Replicates analyse_replicates(const Group& group, const std::vector<const Run*>& analysed);

/// The coefficient of variation (%) of a figure whose logarithm is normal with this standard deviation.
[[nodiscard]] double cv_percent_of(double log_sd);

} // namespace mutation::report
