#include "measure_waste.hpp"

#include "stage_counts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace mutation::report {

namespace {

constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kLongestRestSeconds = 3600;

bool has_succeeded(const Run& run) {
    return run.status && record::is_success(*run.status);
}

bool has_a_front(const Group& group) {
    return std::any_of(group.analyses.pareto.begin(), group.analyses.pareto.end(),
                       [](const Pareto& pareto) { return pareto.hypervolume.has_value(); });
}

/// Analysed runs whose configuration is on the front of no metric.
std::vector<const Run*> dominated_runs(const Group& group) {
    std::set<RunKey> on_a_front;
    for (const Pareto& pareto : group.analyses.pareto) {
        for (const ParetoPoint& point : pareto.points) {
            if (point.is_on_front) {
                on_a_front.insert(point.runs.begin(), point.runs.end());
            }
        }
    }
    std::vector<const Run*> dominated = analysed_runs(group.runs);
    std::erase_if(dominated, [&](const Run* run) { return on_a_front.contains(run->key); });
    return dominated;
}

/// A training of a session, in seconds of the epoch.
struct Occupied {
    double start = 0;
    double end = 0;
    bool had_failures = false; ///< earlier attempts, whose time is not known
};

Seconds rest_between(std::vector<Occupied> trainings) {
    std::sort(trainings.begin(), trainings.end(),
              [](const Occupied& a, const Occupied& b) { return a.start < b.start; });
    double rest = 0;
    double end = trainings.front().end;
    for (const Occupied& training : trainings) {
        const double gap = training.start - end;
        if (gap > 0 && gap <= kLongestRestSeconds && !training.had_failures) {
            rest += gap;
        }
        end = std::max(end, training.end);
    }
    return Seconds(rest);
}

Seconds resting_time(const std::vector<Group>& groups) {
    std::map<std::string, std::vector<Occupied>> sessions;
    for (const Group& group : groups) {
        for (const Run& run : group.runs) {
            if (run.start && run.duration) {
                const double start = run.start->epoch_seconds;
                sessions[run.key.session].push_back(
                    {start, start + run.duration->count(), has_succeeded(run) && run.failed_energy.has_value()});
            }
        }
    }
    Seconds rest{0};
    for (auto& [session, trainings] : sessions) {
        rest += rest_between(std::move(trainings));
    }
    return rest;
}

} // namespace

Waste measure_waste(const std::vector<Group>& groups) {
    Waste waste;
    for (const Group& group : groups) {
        if (group.energy_parts.empty()) {
            continue;
        }
        waste.failed = waste.failed.value_or(Joules(0));
        waste.flagged = waste.flagged.value_or(Joules(0));
        for (const Run& run : group.runs) {
            *waste.failed += run.failed_energy.value_or(Joules(0));
            if (!run.flags.empty() && !run.is_control) {
                *waste.flagged += run.energy.value_or(Joules(0));
            }
        }
        if (has_a_front(group)) {
            waste.dominated = waste.dominated.value_or(Joules(0));
            for (const Run* run : dominated_runs(group)) {
                *waste.dominated += run->energy.value_or(Joules(0));
            }
        }
    }
    waste.resting = resting_time(groups);
    return waste;
}

std::optional<Carbon> estimate_carbon(const std::vector<Group>& groups, const Factors& factors) {
    if (!factors.carbon_intensity && !factors.price) {
        return std::nullopt;
    }
    Carbon carbon;
    carbon.factors = factors;
    for (const Group& group : groups) {
        for (const Run& run : group.runs) {
            carbon.energy += run.failed_energy.value_or(Joules(0));
            if (has_succeeded(run)) {
                carbon.energy += run.cpu_energy.value_or(Joules(0)) + run.gpu_energy.value_or(Joules(0));
            }
        }
    }
    const double kwh = carbon.energy.value() / kJoulesPerKwh * factors.pue.value_or(1);
    if (factors.carbon_intensity) {
        carbon.grams = kwh * *factors.carbon_intensity;
    }
    if (factors.price) {
        carbon.cost = kwh * *factors.price;
    }
    return carbon;
}

} // namespace mutation::report
