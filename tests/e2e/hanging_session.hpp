#pragma once

#include "lab.hpp"

namespace mutation::e2e {

/// The first training ends well; the second starts a process of its own and hangs, ignoring the signals in `ignored`.
void let_hang(Lab& lab, const Json& ignored = Json::array());

/// Waits until the second training hangs.
bool second_runs(const Lab& lab);

/// Checks what a session leaves that was interrupted while the second training hung.
void check_interrupted(const Lab& lab);

} // namespace mutation::e2e
