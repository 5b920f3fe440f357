#include "mutation/sensors/perf_counts.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mutation::sensors {

namespace {

using energy::CpuCounts;
using energy::CpuInterval;
using CpuField = std::optional<Joules> CpuInterval::*;

MonotonicTime end_of(const PerfCount& count, MonotonicTime start) {
    return start + std::chrono::duration_cast<std::chrono::nanoseconds>(count.end);
}

/// Every interval that perf reported of any event: a lost line of one event leaves a gap in that event.
std::vector<CpuInterval> empty_intervals(const PerfStat& stat, MonotonicTime start) {
    std::set<MonotonicTime> ends;
    for (const PerfEvent& event : stat.events) {
        for (const PerfCount& count : event.counts) {
            ends.insert(end_of(count, start));
        }
    }
    std::vector<CpuInterval> intervals;
    for (const MonotonicTime end : ends) {
        intervals.push_back({intervals.empty() ? start : intervals.back().end, end, {}, {}, {}});
    }
    return intervals;
}

void fill_intervals(CpuCounts& counts, const PerfEvent& event, CpuField field, MonotonicTime start) {
    for (const PerfCount& count : event.counts) {
        const auto place = std::lower_bound(counts.intervals.begin(), counts.intervals.end(), end_of(count, start),
                                            [](const CpuInterval& i, MonotonicTime t) { return i.end < t; });
        (*place).*field = count.energy;
    }
}

std::optional<std::string> describe_absence(const PerfEvent* event) {
    if (event == nullptr || event->total()) {
        return std::nullopt;
    }
    return event->is_supported ? "perf wrote <not counted>" : "perf wrote <not supported>";
}

} // namespace

CpuCounts counts_from_perf(const PerfStat& stat, const PerfStart& start) {
    CpuCounts counts;
    counts.method = "perf_rapl";
    const auto width = start.latest - start.earliest;
    const MonotonicTime begin = start.earliest + width / 2;
    counts.start_uncertainty = Seconds(width) / 2;
    const std::pair<const char*, CpuField> fields[] = {
        {"energy-pkg", &CpuInterval::package}, {"energy-ram", &CpuInterval::ram}, {"energy-psys", &CpuInterval::psys}};
    counts.intervals = empty_intervals(stat, begin);
    for (const auto& [name, field] : fields) {
        const PerfEvent* event = stat.find(name);
        if (event != nullptr && event->total()) {
            counts.events.emplace_back(name);
            fill_intervals(counts, *event, field, begin);
        }
    }
    counts.has_ram = stat.find("energy-ram") != nullptr;
    const PerfEvent* package = stat.find("energy-pkg");
    counts.package_reason = describe_absence(package);
    if (const std::string other = stat.other.text(); package == nullptr && !other.empty()) {
        counts.package_reason = other;
    }
    counts.ram_reason = describe_absence(stat.find("energy-ram"));
    return counts;
}

} // namespace mutation::sensors
