#pragma once

#include "mutation/core/units.hpp"

#include <string_view>

namespace mutation::system {

/// Writes a text to a terminal, pipe or file. If the reader takes nothing for `limit`, the rest is dropped: a stopped
/// screen or an unread pipe must not hold up a session. Returns whether everything was written.
bool write_patiently(int fd, std::string_view text, Seconds limit);

} // namespace mutation::system
