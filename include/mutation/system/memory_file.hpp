#pragma once

#include "mutation/system/unique_fd.hpp"

#include <cstddef>
#include <string>

namespace mutation::system {

/// A file in memory for what a program complains about on stderr: it takes the first `most_bytes` and refuses the rest,
/// so that one that complains for days fills nothing. Not open where the kernel has no such file.
[[nodiscard]] UniqueFd make_bounded_file(const char* name, std::size_t most_bytes);

/// What was written to it so far.
[[nodiscard]] std::string read_bounded_file(const UniqueFd& file);

} // namespace mutation::system
