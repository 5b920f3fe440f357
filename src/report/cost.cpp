#include "cost.hpp"

#include <cmath>

namespace mutation::report {

std::optional<double> cost_of(const Group& group, const Run& run) {
    std::optional<double> cost;
    if (group.energy_parts.empty()) {
        if (run.duration) {
            cost = run.duration->count();
        }
    } else if (run.energy) {
        cost = run.energy->value();
    }
    return cost && std::isfinite(*cost) && *cost > 0 ? cost : std::nullopt;
}

const char* cost_unit(const Group& group) {
    return group.energy_parts.empty() ? "s" : "J";
}

std::map<std::size_t, std::vector<const Run*>> by_configuration(const std::vector<const Run*>& runs) {
    std::map<std::size_t, std::vector<const Run*>> configurations;
    for (const Run* run : runs) {
        configurations[run->configuration].push_back(run);
    }
    return configurations;
}

} // namespace mutation::report
