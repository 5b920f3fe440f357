#include "sensors_state.hpp"

#include "mutation/core/error.hpp"
#include "mutation/energy/gpu_energy.hpp"
#include "mutation/sensors/gpu_usage.hpp"
#include "mutation/sensors/recovery_facts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::sensors {

namespace {

/// How long a program may take to answer after the user has interrupted the session.
constexpr Seconds kInterruptedPatience{1};

} // namespace

Sensors::State::State(SensorSources given, FoundGpus found)
    : sources(std::move(given)), cpu(sources.perf, sources.sysfs, sources.stop_fd),
      gpu_reason(std::move(found.reason)) {
    if (found.source) {
        gpus.emplace(std::move(found.source));
    }
}

void Sensors::State::report_outage() {
    if (const std::optional<std::string> outage = gpus->take_outage()) {
        alerts.push_back(*outage);
    }
}

void Sensors::State::report_absent(const energy::Measurement& measurement) {
    const auto report = [this](const char* sensor, const energy::EnergyQuality& quality) {
        alerts.push_back(fmt::format("no {} energy was measured: {}", sensor, quality.reason.value_or("no reason")));
    };
    const bool is_cpu_missing = !measurement.cpu.package || (!measurement.cpu.total && !cpu.missing());
    if (cpu.method() != CpuSensor::Method::none && is_cpu_missing) {
        report("CPU", measurement.cpu.quality);
    }
    if (gpus && gpus->is_any_counted() && !measurement.gpu.energy) {
        report("GPU", measurement.gpu.quality);
    }
}

void Sensors::State::finish_gpus(const AttemptFacts& facts, int stop_fd, energy::Measurement& measurement) {
    if (!gpus) {
        measurement.gpu.quality.reason = gpu_reason;
        return;
    }
    const energy::GpuTimelines timelines =
        gpus->finish_attempt(*facts.window, {facts.is_interrupted ? kInterruptedPatience : Patience().limit, stop_fd});
    measurement.gpu = energy::integrate_gpus(timelines, *facts.window);
    measurement.start_temperature = energy::start_temperature(timelines);
    std::vector<std::string> remarks = timelines.remarks;
    if (const std::optional<std::string> usage = describe_usage(measurement.gpu.devices)) {
        remarks.insert(remarks.begin(), *usage);
    }
    for (const std::string& remark : remarks) {
        energy::add_reason(measurement.gpu.quality, remark);
        measurement.remarks.push_back(remark);
    }
    for (const energy::GpuTimeline& timeline : timelines.gpus) {
        if (timeline.is_counted) {
            contamination.add_processes(timeline.foreign_processes);
        }
    }
}

std::optional<energy::IdleLevels> Sensors::State::idle_levels() const {
    if (!baseline) {
        return std::nullopt;
    }
    energy::IdleLevels levels{baseline->cpu, {}};
    for (const std::optional<energy::IdlePower>& gpu : baseline->gpus) {
        levels.gpus.push_back(gpu ? std::optional(gpu->mean) : std::nullopt);
    }
    return levels;
}

void Sensors::State::write_facts(const TrainingStart& start) {
    RecoveryFacts facts;
    facts.start = start.start;
    facts.wall_start = start.wall_start;
    facts.wall_lead = Seconds(start.wall_start.time_since_epoch()) - Seconds(start.start.time_since_epoch());
    facts.cpu_method = method_name(cpu.method());
    facts.cpu_events = cpu.events();
    facts.perf_spawned = cpu.counting_since().value_or(start.perf_spawned);
    facts.launcher_up = cpu.counting_since().value_or(start.launcher_up);
    if (gpus) {
        const GpuSourceFacts& known = gpus->facts();
        facts.gpu_method = known.method;
        facts.gpu_source = known.name;
        facts.sample_interval = known.sample_interval;
        facts.visibility_remark = gpus->visible().remark;
        for (std::size_t gpu = 0; gpu < known.gpus.size(); ++gpu) {
            const GpuInfo& info = known.gpus[gpu];
            facts.gpus.push_back(
                {info.index, info.uuid, info.name, gpus->visible().is_counted[gpu], known.fields[gpu]});
        }
    }
    facts.idle = idle_levels();
    try {
        write_recovery_facts(facts, energy_folder);
    } catch (const Error&) { // the record's own write stops the session if the disk is at fault
    }
}

} // namespace mutation::sensors
