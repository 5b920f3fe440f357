#include "stage_counts.hpp"

#include <algorithm>
#include <array>

namespace mutation::report {

namespace {

constexpr std::array kStages{Stage::planned, Stage::run,       Stage::succeeded, Stage::metrics,
                             Stage::energy,  Stage::unflagged, Stage::analysed};

} // namespace

std::optional<Stage> lost_at(const Run& run) {
    std::optional<Stage> stage;
    if (run.exclusion) {
        stage = run.exclusion->stage;
    }
    if (!run.flags.empty()) {
        stage = std::min(stage.value_or(Stage::unflagged), Stage::unflagged);
    }
    return stage;
}

std::vector<FlowStep> count_stages(std::span<const Run> runs) {
    std::vector<FlowStep> flow;
    for (const Stage stage : kStages) {
        flow.push_back({stage, static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), [&](const Run& run) {
                            const std::optional<Stage> lost = lost_at(run);
                            return !run.is_control && (!lost || *lost > stage);
                        }))});
    }
    return flow;
}

std::vector<const Run*> analysed_runs(std::span<const Run> runs) {
    std::vector<const Run*> analysed;
    for (const Run& run : runs) {
        if (!run.is_control && !lost_at(run)) {
            analysed.push_back(&run);
        }
    }
    return analysed;
}

std::vector<const Run*> runs_with_flagged(std::span<const Run> runs) {
    std::vector<const Run*> usable;
    for (const Run& run : runs) {
        if (!run.is_control && !run.exclusion) {
            usable.push_back(&run);
        }
    }
    return usable;
}

} // namespace mutation::report
