#pragma once

#include "mutation/config/registry.hpp"
#include "mutation/plan/plan.hpp"
#include "mutation/rollup/session_forecast.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace mutation::console {

/// `--dry-run`: the exact plan, each experiment with its values and the command that it would run, quoted for a shell;
/// when the session would end if it began `now`.
void print_plan(std::ostream& out, const plan::Plan& plan, const config::Registry& registry,
                const rollup::PlanEstimate& estimate, WallTime now);

/// The same for programs: one JSON object, an experiment on each line.
void print_plan_json(std::ostream& out, const plan::Plan& plan, const config::Registry& registry,
                     const rollup::PlanEstimate& estimate);

/// `past runs: 9 of 12 count, 7 sets of values are not drawn again`.
[[nodiscard]] std::string describe_history(const plan::HistoryUse& history);

/// A command as a shell would take it.
[[nodiscard]] std::string quote_for_shell(const std::vector<std::string>& command);

} // namespace mutation::console
