#pragma once

#include "mutation/core/units.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// The energy events that this machine's `power` PMU offers, of those that count for us: energy-pkg, energy-ram,
/// energy-psys. Asking perf for one that does not exist makes it refuse them all. `sysfs` is `/sys` or a stand-in.
[[nodiscard]] std::vector<std::string> find_power_events(const std::filesystem::path& sysfs);

/// perf and its options up to `--`: intervals of one second, one line an event, to the descriptor that perf finds under
/// `log_fd`.
[[nodiscard]] std::vector<std::string> perf_command(const std::filesystem::path& perf,
                                                    const std::vector<std::string>& events, int log_fd);

/// How perf took the exact list of events on a training that does nothing.
struct PerfProbe {
    bool works = false;
    std::string version;            ///< "6.1.187", "" when perf does not say
    std::string words;              ///< what perf said when it did not work
    bool is_ram_missing = false;    ///< energy-ram was asked for and is not supported
    std::vector<std::string> still; ///< events that are supported and whose counters did not move within `kStillProbe`
};

/// A counter that did not move for so long while the machine ran counts nothing.
inline constexpr Seconds kStillProbe{0.3};

/// Runs perf once, as root where sudo gave it, and once more for `kStillProbe` if a counter did not move. Takes a few
/// tens of milliseconds otherwise, at most 60 s; ends early when `stop_fd` is readable.
[[nodiscard]] PerfProbe probe_perf(const std::filesystem::path& perf, const std::vector<std::string>& events,
                                   int stop_fd = -1);

} // namespace mutation::sensors
