#pragma once

#include "mutation/core/units.hpp"

#include <string>

namespace mutation::sensors {

/// Appends a number with that many decimals.
void append_fixed(std::string& text, double value, int decimals);

/// Appends epoch seconds with ms: `1767756005.123`.
void append_epoch(std::string& text, Seconds since_epoch);

} // namespace mutation::sensors
