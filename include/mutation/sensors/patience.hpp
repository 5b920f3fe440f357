#pragma once

#include "mutation/core/units.hpp"

namespace mutation::sensors {

/// How long to wait for a program's answer, and what ends the wait early.
struct Patience {
    Seconds limit{20};
    int stop_fd = -1; ///< the wait ends when it is readable
};

} // namespace mutation::sensors
