#pragma once

#include "mutation/report/comparison.hpp"

#include <vector>

namespace mutation::report {

/// The analysed runs of one configuration; neither side is empty.
struct MatchedRuns {
    std::vector<const Run*> a;
    std::vector<const Run*> b;
};

/// Two groups of the same training.
struct GroupPair {
    const Group* a = nullptr;
    const Group* b = nullptr;
    std::vector<EnergyPart> parts;           ///< of the energy, that both have
    bool is_across = false;                  ///< the machines differ
    std::vector<MatchedRuns> configurations; ///< in the order of the starts in A
};

struct Matching {
    std::vector<GroupPair> pairs;
    std::vector<UnmatchedConfiguration> only_a;
    std::vector<UnmatchedConfiguration> only_b;
    std::vector<MachineDifference> machine_differences;
};

/// Pairs groups of the same repository, model and background, those of the same machine first, and in each pair the
/// configurations. The result points into `a` and `b`.
[[nodiscard]] Matching match_groups(const std::vector<Group>& a, const std::vector<Group>& b);

/// The effective values of a run without the seed; what was left out is not in there.
[[nodiscard]] std::vector<Assignment> values_without_seed(const Run& run);

} // namespace mutation::report
