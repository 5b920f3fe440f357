#include "mutation/energy/still_counter.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::energy {

namespace {

constexpr Seconds kLongestStill{3};

bool is_still(const std::optional<Joules>& energy) {
    return energy && energy->value() <= 0;
}

/// Whether it was read within the window and showed no movement in any of these readings.
bool is_still_throughout(std::span<const CpuInterval> intervals, const std::vector<std::optional<Joules>>& energies,
                         const Window& window) {
    bool was_read = false;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
        if (!energies[i] || intervals[i].end <= window.start || intervals[i].start >= window.end) {
            continue;
        }
        if (!is_still(energies[i])) {
            return false;
        }
        was_read = true;
    }
    return was_read;
}

} // namespace

std::optional<std::string> drop_still(std::span<const CpuInterval> intervals,
                                      std::vector<std::optional<Joules>>& energies, const Window& window) {
    if (is_still_throughout(intervals, energies, window)) {
        energies.assign(energies.size(), std::nullopt);
        return kDidNotMove;
    }
    Seconds dropped{0};
    for (std::size_t first = 0; first < intervals.size();) {
        std::size_t last = first;
        while (last < intervals.size() && is_still(energies[last])) {
            ++last;
        }
        const Seconds length = last > first ? Seconds(intervals[last - 1].end - intervals[first].start) : Seconds(0);
        if (length >= kLongestStill) {
            std::fill(energies.begin() + static_cast<std::ptrdiff_t>(first),
                      energies.begin() + static_cast<std::ptrdiff_t>(last), std::nullopt);
            dropped += length;
        }
        first = std::max(last, first + 1);
    }
    return dropped.count() > 0 ? std::optional(fmt::format("{} for {:.0f} s", kDidNotMove, dropped.count()))
                               : std::nullopt;
}

void drop_still_counts(CpuCounts& counts, const Window& window) {
    const auto drop = [&](std::optional<Joules> CpuInterval::*field, const char* event,
                          std::optional<std::string>& reason) {
        std::vector<std::optional<Joules>> energies;
        for (const CpuInterval& interval : counts.intervals) {
            energies.push_back(interval.*field);
        }
        const std::optional<std::string> why = drop_still(counts.intervals, energies, window);
        for (std::size_t i = 0; i < energies.size(); ++i) {
            counts.intervals[i].*field = energies[i];
        }
        reason = reason ? reason : why;
        const auto is_counted = [](const std::optional<Joules>& energy) { return energy.has_value(); };
        if (!counts.intervals.empty() && std::none_of(energies.begin(), energies.end(), is_counted)) {
            std::erase(counts.events, event);
        }
    };
    drop(&CpuInterval::package, "energy-pkg", counts.package_reason);
    drop(&CpuInterval::ram, "energy-ram", counts.ram_reason);
    drop(&CpuInterval::psys, "energy-psys", counts.psys_reason);
}

} // namespace mutation::energy
