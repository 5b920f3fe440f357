#pragma once

#include "mutation/run/launcher.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::run {

/// Names processes for a message: `12 (python train.py), 13 (sleep 9) and 3 more`. Printable, valid UTF-8, at most 230
/// bytes.
[[nodiscard]] std::string name_processes(const std::vector<pid_t>& processes);

/// The launcher's report of leftovers, and back.
[[nodiscard]] LaunchMessage pack_leftovers(const Leftovers& leftovers);
[[nodiscard]] Leftovers unpack_leftovers(const LaunchMessage& message);

} // namespace mutation::run
