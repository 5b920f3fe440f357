#pragma once

#include "launch_spec.hpp"
#include "mutation/system/unique_fd.hpp"

#include <string_view>

namespace mutation::run {

/// What the tool hands to its launcher, by the number under which it is passed.
enum class Handed : int { spec = kSpecFd, report = kReportFd, lifeline = kLifelineFd };

/// Whoever may call this program by sudo can call the hidden mode, with any words. Error(usage) that says so.
[[noreturn]] void refuse_call(std::string_view reason);

/// The descriptor that was meant: the one that we inherited, else the tool's own, opened by way of /proc, where a
/// wrapper closed ours. `description` is `fd:inode` in the process `tool`, from which we must descend. Root must
/// neither read nor write, nor even open, a file of the caller's choice: Error(usage) for all but an anonymous pipe
/// (report, lifeline) or a memory file with kSpecSeals (spec), Error(internal) where it cannot be reached.
[[nodiscard]] system::UniqueFd find_descriptor(Handed which, std::string_view tool, std::string_view description);

} // namespace mutation::run
