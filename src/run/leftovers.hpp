#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::run {

/// Names processes for a message: `12 (python train.py), 13 (sleep 9) and 3 more`. Printable, valid UTF-8, at most 230
/// bytes.
[[nodiscard]] std::string name_processes(const std::vector<pid_t>& processes);

} // namespace mutation::run
