#pragma once

#include "mutation/core/units.hpp"
#include "mutation/sensors/other_output.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::sensors {

/// One count of one event.
struct PerfCount {
    Seconds end{0};               ///< since perf began to count; the count begins at the end of the one before
    std::optional<Joules> energy; ///< nullopt: perf wrote `<not counted>` or `<not supported>`
};

/// What perf counted of one event.
struct PerfEvent {
    std::string name;              ///< without its PMU: `energy-pkg`
    std::vector<PerfCount> counts; ///< by ascending end
    bool is_supported = true;

    /// Sum of what was counted; nullopt if nothing was.
    [[nodiscard]] std::optional<Joules> total() const;
};

/// The energy events in an output of `perf stat`.
struct PerfStat {
    std::vector<PerfEvent> events;
    OtherOutput other; ///< lines that are no counts: errors of perf

    [[nodiscard]] const PerfEvent* find(std::string_view name) const;
};

/// Reads what `perf_command` makes perf write: `time;value;Joules;event;...`, a line for each event and interval. Lines
/// that are no counts of joules, and a last line that is cut off, are left out. Pure; never throws.
[[nodiscard]] PerfStat parse_perf_stat(std::string_view text);

} // namespace mutation::sensors
