#pragma once

#include "mutation/report/report.hpp"
#include "mutation/report/run.hpp"

#include <string>
#include <vector>

namespace mutation::report {

inline constexpr const char* kEnergy = "energy";
inline constexpr const char* kDuration = "duration";
inline constexpr const char* kPower = "power";

/// What a model explains: a figure of the runs that have it, on the scale of the model.
struct Outcome {
    std::string name;
    bool is_metric = false;
    bool is_logit = false;
    std::vector<const Run*> runs;
    std::vector<double> values; ///< ln J, ln s, ln W, the logit or the metric itself; one for each run
    double mean = 0;            ///< of a metric, in its own unit
};

/// Energy, duration and power (only duration if the group has no energy), then the metrics by name. The first ones are
/// of all of `runs`, which have these figures.
[[nodiscard]] std::vector<Outcome> make_outcomes(const Group& group, const std::vector<const Run*>& runs);

} // namespace mutation::report
