#include "comparison_notes.hpp"

#include "mutation/core/counted.hpp"
#include "outcome.hpp"
#include "stage_counts.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace mutation::report {

namespace {

std::string training_name(const Group& group) {
    return group.key.repository + "/" + group.key.model;
}

void add_damage(std::vector<std::string>& notes, const ComparisonInput& side, const char* name) {
    for (const SessionSource& session : side.sessions) {
        for (const std::string& damaged : session.damaged) {
            notes.push_back(fmt::format("{}, {}: not read: {}", name, session.name, damaged));
        }
    }
}

/// What the energy of a pair is made of, if it is not all that both sides have.
void add_energy_note(std::vector<std::string>& notes, const GroupPair& pair) {
    if (pair.configurations.empty()) {
        return;
    }
    if (pair.parts.empty()) {
        const Group& without = pair.a->energy_parts.empty() ? *pair.a : *pair.b;
        const char* side = &without == pair.a ? "A" : "B";
        notes.push_back(without.no_energy ? fmt::format("{}: no energy is compared. In {}: {}", training_name(*pair.a),
                                                        side, *without.no_energy)
                                          : fmt::format("{}: no energy is compared, because one side has CPU energy "
                                                        "alone and the other GPU energy alone",
                                                        training_name(*pair.a)));
    } else if (pair.parts != pair.a->energy_parts || pair.parts != pair.b->energy_parts) {
        notes.push_back(fmt::format("{}: only the energy of the {} is compared, because one side has no other",
                                    training_name(*pair.a), pair.parts.front() == EnergyPart::cpu ? "CPU" : "GPUs"));
    }
    if (pair.a->key.machine == MachineKey{} && pair.b->key.machine == MachineKey{}) {
        notes.push_back(fmt::format("{}: the records do not say on which machine they were made; whether it was the "
                                    "same is not known",
                                    training_name(*pair.a)));
    }
}

void add_gain_notes(std::vector<std::string>& notes, const std::vector<ScaledRow>& rows) {
    double largest = 0;
    bool is_known = true;
    for (const ScaledRow& row : rows) {
        largest = std::max(largest, row.gain.gain);
        is_known = is_known && row.gain.is_known;
    }
    if (largest > 0) {
        notes.push_back(fmt::format("the intervals of energy and power contain the gain errors of both sides' sensors "
                                    "(together up to {:.1f} %)",
                                    100 * std::expm1(largest)));
    }
    if (!is_known) {
        notes.emplace_back("the gain error of a sensor is not known, so that the intervals of energy and power do not "
                           "contain it: they are too narrow");
    }
}

using RunIdentity = std::tuple<RunKey, double, double>;

std::set<RunIdentity> identities(const ComparisonInput& side) {
    std::set<RunIdentity> runs;
    for (const Group& group : side.groups) {
        for (const Run* run : analysed_runs(group.runs)) {
            runs.emplace(run->key, run->start ? run->start->epoch_seconds : 0, run->duration->count());
        }
    }
    return runs;
}

void add_overlap(std::vector<std::string>& notes, const ComparisonInput& a, const ComparisonInput& b) {
    const std::set<RunIdentity> of_b = identities(b);
    std::size_t shared = 0;
    for (const RunIdentity& run : identities(a)) {
        shared += of_b.count(run);
    }
    if (shared > 0) {
        notes.push_back(fmt::format("{} in both A and B: a comparison of runs with themselves says nothing",
                                    counted(shared, "run is", "runs are")));
    }
}

} // namespace

std::vector<std::string> make_comparison_notes(const ComparisonInput& a, const ComparisonInput& b,
                                               const std::vector<GroupPair>& pairs,
                                               const std::vector<ScaledRow>& rows) {
    std::vector<std::string> notes;
    add_overlap(notes, a, b);
    for (const GroupPair& pair : pairs) {
        add_energy_note(notes, pair);
    }
    add_gain_notes(notes, rows);
    add_damage(notes, a, "A");
    add_damage(notes, b, "B");
    return notes;
}

} // namespace mutation::report
