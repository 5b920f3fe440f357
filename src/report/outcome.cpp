#include "outcome.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace mutation::report {

namespace {

Outcome logarithm_of(const char* name, const std::vector<const Run*>& runs,
                     const std::function<double(const Run&)>& figure) {
    Outcome outcome;
    outcome.name = name;
    outcome.runs = runs;
    for (const Run* run : runs) {
        outcome.values.push_back(std::log(figure(*run)));
    }
    return outcome;
}

Outcome metric_outcome(const std::string& metric, const std::vector<const Run*>& runs) {
    Outcome outcome;
    outcome.name = metric;
    outcome.is_metric = true;
    for (const Run* run : runs) {
        if (const auto found = run->metrics.find(metric); found != run->metrics.end() && std::isfinite(found->second)) {
            outcome.runs.push_back(run);
            outcome.values.push_back(found->second);
        }
    }
    if (outcome.values.empty()) {
        return outcome;
    }
    outcome.mean =
        std::accumulate(outcome.values.begin(), outcome.values.end(), 0.0) / static_cast<double>(outcome.values.size());
    outcome.is_logit =
        std::all_of(outcome.values.begin(), outcome.values.end(), [](double value) { return value > 0 && value < 1; });
    if (outcome.is_logit) {
        for (double& value : outcome.values) {
            value = std::log(value / (1 - value));
        }
    }
    return outcome;
}

} // namespace

std::vector<Outcome> make_outcomes(const Group& group, const std::vector<const Run*>& runs) {
    std::vector<Outcome> outcomes;
    if (!group.energy_parts.empty()) {
        outcomes.push_back(logarithm_of(kEnergy, runs, [](const Run& run) { return run.energy->value(); }));
    }
    outcomes.push_back(logarithm_of(kDuration, runs, [](const Run& run) { return run.duration->count(); }));
    if (!group.energy_parts.empty()) {
        outcomes.push_back(
            logarithm_of(kPower, runs, [](const Run& run) { return (*run.energy / *run.duration).value(); }));
    }
    for (const auto& [metric, direction] : group.metrics) {
        outcomes.push_back(metric_outcome(metric, runs));
    }
    return outcomes;
}

} // namespace mutation::report
