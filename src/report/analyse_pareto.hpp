#pragma once

#include "mutation/report/report.hpp"

#include <vector>

namespace mutation::report {

/// How near to the best a metric has to be to count as nearly as good.
struct Nearness {
    double margin = 0;    ///< in the metric's unit
    bool is_point = true; ///< one point (0.01 of a share, 1 of a percentage), else 1 % of the range
};

/// 0.01 if all values are in [0, 1]. 1 if they look like percentages: in [0, 100], some above 20, and higher is better.
/// Else 1 % of the range of the values.
[[nodiscard]] Nearness nearness_of(const Pareto& pareto);

/// Cost against each metric of the group. Configurations with equal values count once, with the means of their runs.
/// The probability of the front comes from 1,000 draws: each mean is normal, with the spread of like runs (pooled over
/// all configurations; none without replicates) and the bound of its measurement error (as a uniform error), over the
/// number of its runs. A metric whose direction is unknown has points but no front.
[[nodiscard]] std::vector<Pareto> analyse_pareto(const Group& group, const std::vector<const Run*>& analysed);

} // namespace mutation::report
