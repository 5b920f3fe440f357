#pragma once

#include "mutation/core/units.hpp"

#include <optional>
#include <string_view>

namespace mutation::sensors {

/// CPU time of the whole machine since it was started, the sum of all CPUs.
struct MachineTime {
    Seconds busy{0};
    Seconds total{0}; ///< busy and idle
};

/// The first line of /proc/stat. `tick` is the length of its unit (1 / sysconf(_SC_CLK_TCK)). nullopt for anything
/// else. Pure.
[[nodiscard]] std::optional<MachineTime> parse_machine_time(std::string_view proc_stat, Seconds tick);

/// Now.
[[nodiscard]] std::optional<MachineTime> read_machine_time();

/// Share of all CPUs' time between two moments that other processes than the training used.
[[nodiscard]] std::optional<Percent> other_cpu_share(const MachineTime& before, const MachineTime& after,
                                                     Seconds training);

} // namespace mutation::sensors
