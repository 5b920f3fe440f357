#pragma once

#include "mutation/system/unique_fd.hpp"

namespace mutation::system {

/// The two ends of a pipe; no child inherits them.
struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

/// Error(machine) if the system has no descriptor left.
[[nodiscard]] Pipe make_pipe();

/// Reading from or writing to this end returns at once, even if it can do nothing.
void set_nonblocking(const UniqueFd& end);

} // namespace mutation::system
