#pragma once

#include "mutation/core/units.hpp"

#include <string_view>

namespace mutation::system {

/// Writes a text to a terminal, pipe or file. If the reader takes nothing for `limit`, the rest is dropped: nobody may
/// hold up a session by a screen that is stopped or a pipe that is not read. Returns whether all was written.
bool write_patiently(int fd, std::string_view text, Seconds limit);

} // namespace mutation::system
