#pragma once

#include "mutation/energy/energy.hpp"
#include "mutation/sensors/perf_stat.hpp"

#include <string>
#include <vector>

namespace mutation::sensors {

/// What the counters moved between two readings.
struct CpuInterval {
    MonotonicTime start;
    MonotonicTime end;
    std::optional<Joules> package; ///< none: not counted
    std::optional<Joules> ram;
    std::optional<Joules> psys;
};

/// All readings of one attempt, whatever their source.
struct CpuCounts {
    std::string method;              ///< `perf_rapl` or `powercap`
    std::vector<std::string> events; ///< what was counted
    std::vector<CpuInterval> intervals;
    Seconds start_uncertainty{0}; ///< by which all times may be off, in the same direction
    Joules resolution{0.01};      ///< of one count
    bool has_ram = false;         ///< the processor has a RAM domain, counted or not: no total without it
    std::string package_trouble;  ///< what the source said where it did not count; "" where it said nothing
    std::string ram_trouble;
    std::string psys_trouble;
};

/// When perf began to count: known only to lie between its spawn and the start of its child.
struct PerfStart {
    MonotonicTime earliest;
    MonotonicTime latest;
};

/// perf's counts on the monotonic clock. Without `-I` the whole run is one interval, where its length is known.
[[nodiscard]] CpuCounts counts_from_perf(const PerfStat& stat, const PerfStart& start);

/// Takes out the counts of each domain whose counter stood still: all of them if it did not move within the window,
/// else each stretch of 3 s or more. The reasons are put beside the domains, unless there is one already. Pure.
void drop_still_counts(CpuCounts& counts, const energy::Window& window);

/// Energy over the window: intervals inside it whole, those across its ends pro rata, what lacks bridged. Quality is
/// filled but for the verdict; its reason tells of RAM alone, where that lacks: a package without the RAM beside it is
/// no total. No figure where less than half of the window was seen. Pure.
[[nodiscard]] energy::CpuEnergy integrate_cpu(const CpuCounts& counts, const energy::Window& window);

/// Standard deviation of the power (package and RAM) of the whole intervals that lie within the window; nothing for
/// fewer than two.
[[nodiscard]] std::optional<Watts> power_spread(const CpuCounts& counts, const energy::Window& window);

/// Text of `cpu_power.csv`: `timestamp,pkg_w,ram_w`, one line an interval at its end, epoch seconds with ms;
/// `epoch_offset` is the wall clock's time at monotonic zero. An absent value is an empty cell.
[[nodiscard]] std::string cpu_power_csv(const CpuCounts& counts, Seconds epoch_offset);

} // namespace mutation::sensors
