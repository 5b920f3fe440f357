#include "mutation/session/recover_attempt.hpp"

#include "mutation/energy/cpu_energy.hpp"
#include "mutation/energy/gpu_energy.hpp"
#include "mutation/energy/net_energy.hpp"
#include "mutation/energy/verdict.hpp"
#include "mutation/sensors/recorded_samples.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mutation::session {

namespace {

/// A source that stopped before this share of what another source saw does not limit the window: it has a gap.
constexpr double kLeastShare = 0.5;

/// When the last reading was taken that shows nothing but the training, or nullopt if there is none.
std::optional<MonotonicTime> last_of(const energy::CpuCounts& counts) {
    return counts.intervals.empty() ? std::nullopt : std::optional(counts.intervals.back().end);
}

/// A reading shows the power of some time before. The counted GPU that was read last decides.
std::optional<MonotonicTime> last_of(const energy::GpuTimelines& timelines) {
    std::optional<MonotonicTime> latest;
    for (const energy::GpuTimeline& timeline : timelines.gpus) {
        const auto delay =
            std::chrono::duration_cast<std::chrono::nanoseconds>(energy::sensor_delay(timeline.field.sensor));
        for (const energy::PowerSample& sample : timeline.power) {
            if (timeline.is_counted) {
                latest = std::max(latest.value_or(sample.time - delay), sample.time - delay);
            }
        }
    }
    return latest;
}

/// The part of the training that the readings show; nullopt if they show none.
std::optional<energy::Window> window_of(MonotonicTime start, const energy::CpuCounts& counts,
                                        const energy::GpuTimelines& timelines) {
    const std::optional<MonotonicTime> cpu = last_of(counts);
    const std::optional<MonotonicTime> gpu = last_of(timelines);
    const MonotonicTime latest = std::max(cpu.value_or(start), gpu.value_or(start));
    MonotonicTime end = latest;
    for (const std::optional<MonotonicTime>& last : {cpu, gpu}) {
        if (last && Seconds(*last - start) >= kLeastShare * Seconds(latest - start)) {
            end = std::min(end, *last);
        }
    }
    return end > start ? std::optional(energy::Window{start, end}) : std::nullopt;
}

void explain(energy::EnergyQuality& quality, const std::string& reason) {
    if (quality.verdict == energy::Verdict::absent && !quality.reason) {
        quality.reason = "no stored reading shows enough of the training";
    }
    energy::add_reason(quality, reason);
}

void recover(record::AttemptRecord& attempt, const sensors::RecoveryFacts& facts, const std::filesystem::path& folder) {
    energy::CpuCounts counts = sensors::read_cpu_counts(folder, facts);
    energy::GpuTimelines timelines = sensors::read_gpu_power(folder, facts);
    attempt.is_cut_off = true;
    const std::optional<energy::Window> window = window_of(facts.start, counts, timelines);
    if (!window) {
        return;
    }
    sensors::read_gpu_conditions(folder, facts, *window, timelines);
    energy::Measurement measurement;
    measurement.cpu = energy::rapl_energy(counts, *window);
    measurement.gpu = energy::integrate_gpus(timelines, *window);
    measurement.start_temperature = energy::start_temperature(timelines);
    measurement.net = energy::net_energy(facts.idle, measurement, window->length());
    const std::string reason = fmt::format("the program was killed during this attempt: the figure covers the first "
                                           "{:.1f} s, up to the last stored reading",
                                           window->length().count());
    explain(measurement.cpu.quality, reason);
    explain(measurement.gpu.quality, reason);
    attempt.measurement = std::move(measurement);
    attempt.duration = window->length();
    attempt.window = record::WallWindow{record::moment_of(facts.wall_start),
                                        record::moment_of(facts.wall_start + (window->end - window->start))};
}

} // namespace

std::vector<record::AttemptRecord> recover_attempts(std::vector<record::AttemptRecord> attempts,
                                                    const std::filesystem::path& directory) {
    for (record::AttemptRecord& attempt : attempts) {
        if (attempt.status != record::Status::interrupted || attempt.window) {
            continue;
        }
        const std::filesystem::path folder = directory / attempt.directory / "energy";
        const std::optional<sensors::RecoveryFacts> facts = sensors::read_recovery_facts(folder);
        if (facts && sensors::is_plausible(*facts)) {
            recover(attempt, *facts, folder);
        }
    }
    return attempts;
}

} // namespace mutation::session
