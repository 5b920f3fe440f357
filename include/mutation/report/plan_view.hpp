#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace mutation::report {

/// What a session is expected to take, and where that is from; none: nothing like it was ever run here.
struct PlanEstimate {
    std::optional<Seconds> duration; ///< trainings and cooldowns
    std::optional<Joules> energy;
    std::string basis; ///< "3 of 4 trainings known from 12 past runs"
};

/// `--dry-run`: the exact plan, each experiment with its values and the command that it would run, quoted for a shell.
void print_plan(std::ostream& out, const plan::Plan& plan, const config::Registry& registry,
                const PlanEstimate& estimate);

/// The same for programs: one JSON object, an experiment on each line.
void print_plan_json(std::ostream& out, const plan::Plan& plan, const config::Registry& registry,
                     const PlanEstimate& estimate);

/// A command as a shell would take it.
[[nodiscard]] std::string quote_for_shell(const std::vector<std::string>& command);

} // namespace mutation::report
