#pragma once

#include "launch_spec.hpp"
#include "mutation/system/unique_fd.hpp"

namespace mutation::run {

/// What the tool passes to its launcher, by the number of the descriptor.
enum class Handed : int { spec = kSpecFd, report = kReportFd, lifeline = kLifelineFd };

/// The descriptor that the tool passed. Everybody who may call this program by sudo can call the hidden mode, and root
/// must neither read nor write a file of the caller's choice: Error(usage) for all but an anonymous pipe (report,
/// lifeline) or a memory file with kSpecSeals (spec).
[[nodiscard]] system::UniqueFd take_handed_descriptor(Handed which);

} // namespace mutation::run
