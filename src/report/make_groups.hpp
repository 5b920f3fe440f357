#pragma once

#include "mutation/report/report.hpp"
#include "read_sessions.hpp"

#include <vector>

namespace mutation::config {
struct Registry;
}

namespace mutation::report {

/// The groups of all runs, the largest first. Their runs have configuration, energy, exclusion (but of flags) and the
/// flags that records raise. `registry`: what is missing in session.json is asked there; nullptr: nowhere.
[[nodiscard]] std::vector<Group> make_groups(std::vector<ReadSession> sessions, const config::Registry* registry);

} // namespace mutation::report
