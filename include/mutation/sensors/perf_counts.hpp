#pragma once

#include "mutation/energy/cpu_energy.hpp"
#include "mutation/sensors/perf_stat.hpp"

namespace mutation::sensors {

/// When perf began to count: some time between its spawn and the start of its child.
struct PerfStart {
    MonotonicTime earliest;
    MonotonicTime latest;
};

/// perf's counts on the monotonic clock.
[[nodiscard]] energy::CpuCounts counts_from_perf(const PerfStat& stat, const PerfStart& start);

} // namespace mutation::sensors
