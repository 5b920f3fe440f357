#pragma once

#include "mutation/core/units.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// The energy events that this machine's `power` PMU offers, of those that count for us: energy-pkg, energy-ram,
/// energy-psys. perf refuses the whole list if one does not exist. `sysfs` is `/sys` or a stand-in.
[[nodiscard]] std::vector<std::string> find_power_events(const std::filesystem::path& sysfs);

/// perf and its options up to `--`: intervals of one second, one line an event, to the descriptor that perf finds under
/// `log_fd`.
[[nodiscard]] std::vector<std::string> perf_command(const std::filesystem::path& perf,
                                                    const std::vector<std::string>& events, int log_fd);

/// Whether perf can count the exact list of events around a command.
struct PerfProbe {
    bool works = false;
    std::optional<std::string> version; ///< "6.1.187"; nullopt if perf does not report it
    std::optional<std::string> error;   ///< what perf printed if it does not work
    bool is_ram_missing = false;        ///< energy-ram was requested and is not supported
    std::vector<std::string> still;     ///< supported events whose counters did not move within `kStillProbe`
};

/// A counter that did not move for so long while the machine ran counts nothing.
inline constexpr Seconds kStillProbe{0.3};

/// Runs perf once, as root if sudo gave it, and once more for `kStillProbe` if a counter did not move. Takes a few
/// tens of milliseconds otherwise, at most 60 s; ends early when `stop_fd` is readable.
[[nodiscard]] PerfProbe probe_perf(const std::filesystem::path& perf, const std::vector<std::string>& events,
                                   int stop_fd = -1);

} // namespace mutation::sensors
