#pragma once

#include "mutation/energy/cpu_energy.hpp"

#include <string>

namespace mutation::sensors {

/// Text of `cpu_power.csv`: `timestamp,pkg_w,ram_w`, one line for each interval at its end, epoch seconds with ms.
/// `epoch_offset` is the wall clock's time at monotonic zero. An absent value is an empty cell.
[[nodiscard]] std::string cpu_power_csv(const energy::CpuCounts& counts, Seconds epoch_offset);

} // namespace mutation::sensors
