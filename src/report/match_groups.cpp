#include "match_groups.hpp"

#include "machine_differences.hpp"
#include "mutation/report/coding.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace mutation::report {

namespace {

using ConfigurationKey = std::vector<std::string>;
using RunsByValues = std::map<ConfigurationKey, std::vector<const Run*>>;

ConfigurationKey configuration_key(const Run& run) {
    ConfigurationKey key;
    for (const Assignment& assignment : values_without_seed(run)) {
        key.push_back(assignment.name + "=" + to_argument(*assignment.value));
    }
    std::sort(key.begin(), key.end());
    return key;
}

RunsByValues by_values(const std::vector<const Run*>& runs) {
    RunsByValues groups;
    for (const Run* run : runs) {
        groups[configuration_key(*run)].push_back(run);
    }
    return groups;
}

std::vector<const Run*> planned_runs(const Group& group) {
    std::vector<const Run*> runs;
    for (const Run& run : group.runs) {
        if (!run.is_control) {
            runs.push_back(&run);
        }
    }
    return runs;
}

bool is_same_training(const Group& a, const Group& b) {
    return std::tie(a.key.repository, a.key.model, a.key.background) ==
           std::tie(b.key.repository, b.key.model, b.key.background);
}

bool has_analysed_runs(const Group& group) {
    return !analysed_runs(group.runs).empty();
}

UnmatchedConfiguration describe_unmatched(const Group& group, const std::vector<const Run*>& runs,
                                          const std::string& reason) {
    return {group.key.repository, group.key.model, group.key.background, values_without_seed(*runs.front()),
            runs.size(),          reason};
}

/// Why none of these runs is analysed.
std::string loss_of_all(const std::vector<const Run*>& runs, const char* side) {
    const Run& first = *runs.front();
    const std::string reason = first.exclusion ? first.exclusion->reason : first.flags.front().reason;
    return fmt::format("no run of it in {} could be used: {}", side, reason);
}

/// The configurations of `group` that `other` does not have.
std::vector<UnmatchedConfiguration> find_unmatched(const Group& group, const Group& other, const char* other_side) {
    std::vector<UnmatchedConfiguration> unmatched;
    const RunsByValues theirs = by_values(analysed_runs(other.runs));
    const RunsByValues planned = by_values(planned_runs(other));
    for (const auto& [key, runs] : by_values(analysed_runs(group.runs))) {
        if (!theirs.contains(key)) {
            const auto found = planned.find(key);
            unmatched.push_back(describe_unmatched(group, runs,
                                                   found == planned.end()
                                                       ? fmt::format("{} has no run with these values", other_side)
                                                       : loss_of_all(found->second, other_side)));
        }
    }
    return unmatched;
}

std::string reason_of_no_group(const Group& group, const std::vector<Group>& others, const char* other_side) {
    const auto has = [&](const auto& condition) { return std::any_of(others.begin(), others.end(), condition); };
    if (has([&](const Group& other) { return is_same_training(group, other); })) {
        return fmt::format("{} has no usable run on this machine", other_side);
    }
    const bool has_model = has([&](const Group& other) {
        return other.key.repository == group.key.repository && other.key.model == group.key.model;
    });
    return fmt::format("{} has no run of {}/{}{}", other_side, group.key.repository, group.key.model,
                       !has_model             ? ""
                       : group.key.background ? " beside this background"
                                              : " without a background");
}

/// All configurations of a group that has no partner.
std::vector<UnmatchedConfiguration> all_unmatched(const Group& group, const std::string& reason) {
    std::vector<UnmatchedConfiguration> unmatched;
    for (const auto& [key, runs] : by_values(analysed_runs(group.runs))) {
        unmatched.push_back(describe_unmatched(group, runs, reason));
    }
    return unmatched;
}

GroupPair pair_groups(const Group& a, const Group& b) {
    GroupPair pair{&a, &b, {}, false, {}};
    std::copy_if(a.energy_parts.begin(), a.energy_parts.end(), std::back_inserter(pair.parts), [&](EnergyPart part) {
        return std::find(b.energy_parts.begin(), b.energy_parts.end(), part) != b.energy_parts.end();
    });
    RunsByValues runs_a = by_values(analysed_runs(a.runs));
    RunsByValues runs_b = by_values(analysed_runs(b.runs));
    for (const Run* run : analysed_runs(a.runs)) {
        const ConfigurationKey key = configuration_key(*run);
        const auto found_a = runs_a.find(key);
        const auto found_b = runs_b.find(key);
        if (found_a != runs_a.end() && found_b != runs_b.end()) {
            pair.configurations.push_back({std::move(found_a->second), std::move(found_b->second)});
            runs_a.erase(found_a);
        }
    }
    return pair;
}

void append(std::vector<UnmatchedConfiguration>& list, std::vector<UnmatchedConfiguration> more) {
    list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Pairs the groups of two sides.
class Matcher {
public:
    Matcher(const std::vector<Group>& a, const std::vector<Group>& b) : a_(a), b_(b) {}

    Matching run() && {
        pair_all([](const Group& a, const Group& b) { return a.key == b.key; });
        pair_all([](const Group& a, const Group& b) {
            return is_same_training(a, b) && has_analysed_runs(a) && has_analysed_runs(b);
        });
        list_lonely(a_, b_, "B", matching_.only_a);
        list_lonely(b_, a_, "A", matching_.only_b);
        return std::move(matching_);
    }

private:
    template <class Fits>
    void pair_all(const Fits& fits) {
        for (const Group& a : a_) {
            const auto found = std::find_if(b_.begin(), b_.end(), [&](const Group& b) {
                return !paired_.contains(&a) && !paired_.contains(&b) && fits(a, b);
            });
            if (found != b_.end()) {
                add(a, *found);
            }
        }
    }

    void add(const Group& a, const Group& b) {
        paired_.insert({&a, &b});
        GroupPair pair = pair_groups(a, b);
        std::vector<MachineDifference> differences = find_machine_differences(pair);
        pair.is_across = !differences.empty();
        std::move(differences.begin(), differences.end(), std::back_inserter(matching_.machine_differences));
        append(matching_.only_a, find_unmatched(a, b, "B"));
        append(matching_.only_b, find_unmatched(b, a, "A"));
        matching_.pairs.push_back(std::move(pair));
    }

    void list_lonely(const std::vector<Group>& groups, const std::vector<Group>& others, const char* other_side,
                     std::vector<UnmatchedConfiguration>& list) const {
        for (const Group& group : groups) {
            if (!paired_.contains(&group)) {
                append(list, all_unmatched(group, reason_of_no_group(group, others, other_side)));
            }
        }
    }

    const std::vector<Group>& a_;
    const std::vector<Group>& b_;
    std::set<const Group*> paired_;
    Matching matching_;
};

} // namespace

std::vector<Assignment> values_without_seed(const Run& run) {
    std::vector<Assignment> values;
    std::copy_if(run.values.begin(), run.values.end(), std::back_inserter(values), [](const Assignment& assignment) {
        return !is_seed(assignment.name) && assignment.value.has_value();
    });
    return values;
}

Matching match_groups(const std::vector<Group>& a, const std::vector<Group>& b) {
    return Matcher(a, b).run();
}

} // namespace mutation::report
