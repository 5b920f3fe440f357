#include "flow.hpp"

#include "stage_counts.hpp"

#include <utility>

namespace mutation::report {

std::vector<FlowStep> count_flow(const std::vector<Group>& groups) {
    std::vector<FlowStep> flow = count_stages({});
    for (const Group& group : groups) {
        const std::vector<FlowStep> of_group = count_stages(group.runs);
        for (std::size_t i = 0; i < flow.size(); ++i) {
            flow[i].runs += of_group[i].runs;
        }
    }
    return flow;
}

std::vector<Exclusion> list_exclusions(const std::vector<Group>& groups) {
    std::vector<Exclusion> losses;
    for (const Group& group : groups) {
        for (const Run& run : group.runs) {
            const std::optional<Stage> stage = run.is_control ? std::nullopt : lost_at(run);
            if (stage == Stage::unflagged) {
                losses.push_back({run.key, *stage, run.flags.front().reason});
            } else if (stage) {
                losses.push_back(*run.exclusion);
            }
        }
    }
    return losses;
}

} // namespace mutation::report
