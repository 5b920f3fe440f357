#pragma once

#include "mutation/system/unique_fd.hpp"

#include <functional>

namespace mutation::system {

/// Splits the program in two. The parent becomes the guardian: it passes signals on, and when the tool has ended in any
/// way, it ends what the tool left running, calls `put_back` if the tool was killed, and exits with the tool's status.
/// The child is the tool: the call returns only there, with a pipe that closes when the guardian ends. Must be called
/// while there is one thread. Error(machine) if no process can be created.
[[nodiscard]] UniqueFd split_off_guardian(const std::function<void()>& put_back);

} // namespace mutation::system
