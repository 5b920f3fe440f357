#pragma once

#include "mutation/core/units.hpp"

#include <optional>
#include <string_view>

namespace mutation::sensors {

/// CPU time that the whole machine has spent working since it was started, of all CPUs together.
struct MachineTime {
    Seconds busy{0};
    Seconds total{0}; ///< busy and idle
};

/// The first line of /proc/stat. `tick` is the length of its unit (1 / sysconf(_SC_CLK_TCK)). Nothing for anything
/// else. Pure.
[[nodiscard]] std::optional<MachineTime> parse_machine_time(std::string_view proc_stat, Seconds tick);

/// Now.
[[nodiscard]] std::optional<MachineTime> read_machine_time();

/// Share of all CPUs' time between two moments that others than the training took.
[[nodiscard]] std::optional<Percent> other_cpu_share(const MachineTime& before, const MachineTime& after,
                                                     Seconds training);

} // namespace mutation::sensors
