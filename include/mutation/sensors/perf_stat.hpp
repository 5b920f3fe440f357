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
    std::optional<Seconds>
        end; ///< since perf began to count; the count reaches back to the one before. None: the whole run
    std::optional<Joules> energy; ///< none: perf wrote `<not counted>` or `<not supported>`
};

/// What perf counted of one event.
struct PerfEvent {
    std::string name;              ///< without its PMU: `energy-pkg`
    std::vector<PerfCount> counts; ///< by ascending end
    bool is_supported = true;

    /// Sum of what was counted; none where nothing was.
    [[nodiscard]] std::optional<Joules> total() const;
};

/// The energy events in an output of `perf stat`.
struct PerfStat {
    std::vector<PerfEvent> events;
    std::optional<Seconds> elapsed; ///< `seconds time elapsed`, in the form for people only
    OtherOutput other;              ///< lines that are no counts: what perf complained about

    [[nodiscard]] const PerfEvent* find(std::string_view name) const;
};

/// Reads any form of `perf stat`: for people, `-x SEP`, `-j`, each with and without `-I`; all sockets summed, as `-a`
/// has them. What is no count of joules is passed over, a last line that was cut off too. Pure; never throws for what
/// the text holds.
[[nodiscard]] PerfStat parse_perf_stat(std::string_view text);

} // namespace mutation::sensors
