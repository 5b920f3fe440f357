#pragma once

#include "mutation/core/units.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::measure {

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
    std::string version;    ///< "6.1.187", "" when perf does not say
    std::string words;      ///< what perf said when it did not work
    bool lacks_ram = false; ///< energy-ram was asked for and is not supported
};

/// Runs perf once, as root where sudo gave it. Takes a few tens of milliseconds, at most 20 s.
[[nodiscard]] PerfProbe probe_perf(const std::filesystem::path& perf, const std::vector<std::string>& events);

} // namespace mutation::measure
