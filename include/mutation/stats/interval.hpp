#pragma once

namespace mutation::stats {

/// A closed interval. Its unit is that of what it belongs to.
struct Interval {
    double low = 0;
    double high = 0;
};

} // namespace mutation::stats
