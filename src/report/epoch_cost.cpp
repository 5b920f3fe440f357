#include "epoch_cost.hpp"

#include "mutation/report/coding.hpp"
#include "mutation/stats/theil_sen.hpp"

#include <set>

namespace mutation::report {

std::optional<EpochCost> estimate_epoch_cost(const Group& group, const std::vector<const Run*>& runs) {
    constexpr std::size_t kLeastDifferent = 3;
    std::vector<double> epochs;
    std::vector<double> joules;
    // Of more runs than stats takes, every second, third ... is enough.
    const std::size_t step = 1 + (runs.empty() ? 0 : (runs.size() - 1) / stats::kMostTheilSenPoints);
    for (std::size_t i = 0; i < runs.size() && !group.energy_parts.empty(); i += step) {
        if (const std::optional<double> number = number_of(value_in(*runs[i], "epochs"))) {
            epochs.push_back(*number);
            joules.push_back(runs[i]->energy->value());
        }
    }
    if (std::set<double>(epochs.begin(), epochs.end()).size() < kLeastDifferent) {
        return std::nullopt;
    }
    const auto line = stats::theil_sen(epochs, joules);
    return line ? std::optional(EpochCost{line->slope, line->interval, line->intercept}) : std::nullopt;
}

} // namespace mutation::report
