#pragma once

#include "mutation/system/unique_fd.hpp"

#include <cstddef>
#include <string>

namespace mutation::system {

/// A file in memory for the stderr of a program: it takes the first `most_bytes` and refuses the rest, so that a
/// program that prints errors for days fills no disk. Not open if the kernel has no such files.
[[nodiscard]] UniqueFd make_bounded_file(const char* name, std::size_t most_bytes);

/// Its content so far.
[[nodiscard]] std::string read_bounded_file(const UniqueFd& file);

} // namespace mutation::system
