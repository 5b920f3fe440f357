#pragma once

#include "mutation/core/units.hpp"
#include "mutation/plan/plan.hpp"

#include <optional>

namespace mutation::session {

/// How the machine rests before an experiment.
struct Cooldown {
    Seconds duration{0};            ///< counted from the end of the training before
    std::optional<Celsius> until;   ///< and until no GPU is hotter; none: whatever the temperature
    Seconds longest_wait{0};        ///< for `until`, after `duration`
    bool shares_background = false; ///< the background of the experiment before goes on: the next one uses it too

    [[nodiscard]] bool is_none() const { return duration.count() <= 0 && !until; }
};

/// What a session does next.
struct Step {
    Cooldown cooldown; ///< before the experiment
    const plan::PlannedExperiment* experiment = nullptr;
};

/// How a background training is ended.
enum class BackgroundEnd { with_grace, at_once };

/// Whether one background training can run beside both: each asks for a shared one, of the same training and values.
[[nodiscard]] bool can_share_background(const plan::PlannedExperiment& a, const plan::PlannedExperiment& b);

} // namespace mutation::session
