#include "machine_differences.hpp"

#include "mutation/core/text.hpp"

#include <set>
#include <string>

namespace mutation::report {

namespace {

std::string join_names(const std::set<std::string>& names) {
    return join({names.begin(), names.end()}, ", ");
}

/// What is distinct about the devices of the compared runs of one side.
struct DevicesUsed {
    std::set<std::string> cards;
    std::set<std::string> hosts;

    void add(const std::vector<const Run*>& runs) {
        for (const Run* run : runs) {
            cards.insert(run->devices.gpu_uuids.begin(), run->devices.gpu_uuids.end());
            if (!run->devices.host.empty()) {
                hosts.insert(run->devices.host);
            }
        }
    }
};

} // namespace

std::vector<MachineDifference> find_machine_differences(const GroupPair& pair) {
    std::vector<MachineDifference> differences;
    if (pair.configurations.empty()) {
        return differences;
    }
    const std::string training = pair.a->key.repository + "/" + pair.a->key.model;
    const auto check = [&](const char* fact, const std::string& a, const std::string& b) {
        if (a != b) {
            differences.push_back({training, fact, a, b});
        }
    };
    DevicesUsed a;
    DevicesUsed b;
    for (const MatchedRuns& runs : pair.configurations) {
        a.add(runs.a);
        b.add(runs.b);
    }
    const MachineKey& machine_a = pair.a->key.machine;
    const MachineKey& machine_b = pair.b->key.machine;
    check("CPU", machine_a.cpu, machine_b.cpu);
    check("GPUs", join(machine_a.gpus, ", "), join(machine_b.gpus, ", "));
    check("driver", machine_a.driver, machine_b.driver);
    check("governor", machine_a.governor, machine_b.governor);
    if (a.cards.empty() && b.cards.empty()) {
        check("host", join_names(a.hosts), join_names(b.hosts));
    } else {
        check("GPU cards", join_names(a.cards), join_names(b.cards));
    }
    return differences;
}

} // namespace mutation::report
