#pragma once

#include "mutation/system/unique_fd.hpp"

#include <functional>

namespace mutation::system {

/// Splits the program in two. The parent becomes the guardian: it passes signals on, and when the tool is gone, however
/// that came, it ends what the tool left running, calls `put_back` if the tool was killed, and exits with the tool's
/// status. The child is the tool: the call returns in it alone, with a descriptor that is at its end when the guardian
/// is gone. Must be called while there is one thread. Error(machine) when no process can be made.
[[nodiscard]] UniqueFd split_off_guardian(const std::function<void()>& put_back);

} // namespace mutation::system
