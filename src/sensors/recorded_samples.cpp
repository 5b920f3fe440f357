#include "mutation/sensors/recorded_samples.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/sensors/perf_counts.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <unistd.h>

namespace mutation::sensors {

namespace {

constexpr std::size_t kBlockSize = 64U << 10U;
/// Of ours are under 100 bytes long.
constexpr std::size_t kLongestStoredLine = 512;
/// 16 GPUs sampled every 100 ms for two weeks have fewer bytes.
constexpr std::size_t kMostBytes = std::size_t{16} << 30U;
/// No training takes longer; times beyond it would overflow nanoseconds.
constexpr Seconds kLongestTraining{1e8};
constexpr std::chrono::nanoseconds kLatestTime{std::int64_t{1} << 62U};
constexpr Seconds kLongestSensorTime{60};
constexpr Watts kMostPower{1e5};
constexpr std::size_t kMostGpus = 1024;

/// Calls `take` with each line that has its end.
void for_each_line(const std::filesystem::path& file, const std::function<void(std::string_view)>& take) {
    const system::UniqueFd fd = system::open_own_file(file);
    std::array<char, kBlockSize> block{};
    std::string line;
    bool is_too_long = false;
    for (std::size_t bytes = 0; fd.is_open() && bytes < kMostBytes;) {
        const ssize_t count = ::read(fd.get(), block.data(), block.size());
        if (count <= 0) {
            return;
        }
        bytes += static_cast<std::size_t>(count);
        std::string_view rest(block.data(), static_cast<std::size_t>(count));
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            line.append(rest.substr(0, end));
            if (!is_too_long && line.size() <= kLongestStoredLine) {
                take(line);
            }
            line.clear();
            is_too_long = false;
            rest.remove_prefix(end + 1);
        }
        line.append(rest.substr(0, kLongestStoredLine + 1));
        is_too_long = is_too_long || line.size() > kLongestStoredLine;
        line.resize(std::min(line.size(), kLongestStoredLine + 1));
    }
}

/// A row of a CSV file of GPU samples: `timestamp,first,[second,]gpu_index,gpu_uuid`.
struct SampleRow {
    std::size_t gpu; ///< its place among the facts' GPUs
    MonotonicTime time;
    std::optional<double> value; ///< the first
};

std::optional<SampleRow> parse_stored_row(std::string_view line, std::size_t width, const RecoveryFacts& facts) {
    const std::vector<std::string_view> cells = split_cells(line);
    if (cells.size() != width) {
        return std::nullopt;
    }
    const auto gpu = std::find_if(facts.gpus.begin(), facts.gpus.end(),
                                  [&](const RecoveryGpu& each) { return each.uuid == cells[width - 1]; });
    const std::optional<double> stamp = parse_double(cells[0]);
    if (gpu == facts.gpus.end() || !stamp) {
        return std::nullopt;
    }
    const Seconds since_start = Seconds(*stamp) - facts.wall_lead - Seconds(facts.start.time_since_epoch());
    if (!(std::abs(since_start.count()) < kLongestTraining.count())) {
        return std::nullopt;
    }
    return SampleRow{static_cast<std::size_t>(gpu - facts.gpus.begin()),
                     facts.start + std::chrono::duration_cast<std::chrono::nanoseconds>(since_start),
                     parse_gpu_number(cells[1])};
}

bool is_plausible_time(Seconds time) {
    return time >= Seconds(0) && time <= kLongestSensorTime;
}

bool is_plausible_sensor(const energy::PowerSensor& sensor) {
    return is_plausible_time(sensor.averaging) && is_plausible_time(sensor.longest_averaging) &&
           is_plausible_time(sensor.update_interval) && is_plausible_time(sensor.stamp_resolution) &&
           sensor.averaging_doubt >= 0 && sensor.averaging_doubt <= 1 && sensor.seen_share > 0 &&
           sensor.seen_share <= 1 && sensor.resolution >= Watts(0) && sensor.resolution <= kMostPower;
}

bool is_plausible_moment(std::chrono::nanoseconds since_epoch) {
    return since_epoch > std::chrono::nanoseconds(0) && since_epoch < kLatestTime;
}

} // namespace

bool is_plausible(const RecoveryFacts& facts) {
    const auto is_good = [](const RecoveryGpu& gpu) { return is_plausible_sensor(gpu.field.sensor); };
    return is_plausible_moment(facts.start.time_since_epoch()) &&
           is_plausible_moment(facts.wall_start.time_since_epoch()) && facts.gpus.size() <= kMostGpus &&
           std::all_of(facts.gpus.begin(), facts.gpus.end(), is_good);
}

energy::CpuCounts read_cpu_counts(const std::filesystem::path& folder, const RecoveryFacts& facts) {
    energy::CpuCounts counts;
    const auto spawned = facts.perf_spawned.time_since_epoch();
    const auto up = facts.launcher_up.time_since_epoch();
    if (!is_plausible_moment(spawned) || !is_plausible_moment(up) || facts.perf_spawned > facts.launcher_up) {
        return counts;
    }
    try {
        std::string text = system::read_own_file(folder / "cpu_energy_raw.txt");
        text.resize(text.find_last_of('\n') + 1); // npos + 1 is 0
        counts = counts_from_perf(parse_perf_stat(text), {facts.perf_spawned, facts.launcher_up});
    } catch (const Error&) {
        return counts;
    }
    const auto& events = facts.cpu_events;
    counts.has_ram = std::find(events.begin(), events.end(), "energy-ram") != events.end();
    counts.method = facts.cpu_method;
    return counts;
}

energy::GpuTimelines read_gpu_power(const std::filesystem::path& folder, const RecoveryFacts& facts) {
    energy::GpuTimelines timelines;
    timelines.method = facts.gpu_method;
    timelines.source = facts.gpu_source;
    timelines.sample_interval = facts.sample_interval;
    timelines.visibility_remark = facts.visibility_remark;
    for (const RecoveryGpu& gpu : facts.gpus) {
        energy::GpuTimeline& timeline = timelines.gpus.emplace_back();
        timeline.index = gpu.index;
        timeline.uuid = gpu.uuid;
        timeline.name = gpu.name;
        timeline.is_counted = gpu.is_counted;
        timeline.field = gpu.field;
    }
    for_each_line(folder / "gpu_power.csv", [&](std::string_view line) {
        const std::optional<SampleRow> row = parse_stored_row(line, 4, facts);
        if (!row) {
            return;
        }
        energy::GpuTimeline& timeline = timelines.gpus[row->gpu];
        ++timeline.readings;
        if (row->value && *row->value > 0 && Watts(*row->value) < kMostPower) {
            timeline.power.push_back({row->time, Watts(*row->value)});
        }
    });
    return timelines;
}

void read_gpu_conditions(const std::filesystem::path& folder, const RecoveryFacts& facts, const energy::Window& window,
                         energy::GpuTimelines& timelines) {
    const auto is_within = [&](MonotonicTime time) { return time >= window.start && time <= window.end; };
    for_each_line(folder / "gpu_temperature.csv", [&](std::string_view line) {
        const std::optional<SampleRow> row = parse_stored_row(line, 5, facts);
        if (!row || !row->value) {
            return;
        }
        energy::GpuTimeline& timeline = timelines.gpus[row->gpu];
        if (row->time < window.start || !timeline.temperature_before) {
            timeline.temperature_before = Celsius(*row->value);
        }
        if (is_within(row->time)) {
            timeline.temperature.add(Celsius(*row->value));
        }
    });
    for_each_line(folder / "gpu_utilization.csv", [&](std::string_view line) {
        const std::optional<SampleRow> row = parse_stored_row(line, 5, facts);
        if (row && row->value && is_within(row->time)) {
            timelines.gpus[row->gpu].utilization.add(Percent(*row->value));
        }
    });
}

} // namespace mutation::sensors
