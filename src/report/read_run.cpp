#include "read_run.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace mutation::report {

namespace {

/// Others' share of all CPUs from which on a run is flagged.
constexpr Percent kMostOtherCpu{10};
/// A background that was alive for less of the run loaded it less than those of like runs.
constexpr Percent kLeastBackgroundAlive{95};

std::vector<std::string> value_texts(const std::vector<Assignment>& values) {
    std::vector<std::string> texts;
    for (const Assignment& value : values) {
        texts.push_back(value.name + "=" + (value.value ? to_argument(*value.value) : ""));
    }
    return texts;
}

MachineKey machine_of(const record::ExperimentRecord& record) {
    MachineKey machine;
    if (!record.environment) {
        return machine;
    }
    machine.cpu = record.environment->machine.cpu_model.value_or("");
    machine.governor = record.environment->machine.governor.value_or("");
    machine.driver = record.environment->sensors.gpu_driver.value_or("");
    for (const energy::GpuFacts& gpu : record.environment->sensors.gpus) {
        machine.gpus.push_back(gpu.name);
    }
    std::sort(machine.gpus.begin(), machine.gpus.end());
    return machine;
}

Devices devices_of(const record::ExperimentRecord& record) {
    const energy::Measurement& measurement = record.last_attempt().measurement;
    Devices devices;
    devices.host = record.environment ? record.environment->machine.host : "";
    devices.cpu_accuracy = measurement.cpu.quality.sensor_accuracy;
    devices.gpu_accuracy = measurement.gpu.quality.sensor_accuracy;
    for (const energy::GpuDeviceEnergy& gpu : measurement.gpu.devices) {
        if (gpu.is_counted) {
            devices.gpu_uuids.push_back(gpu.uuid);
        }
    }
    std::sort(devices.gpu_uuids.begin(), devices.gpu_uuids.end());
    return devices;
}

/// v3.0 recorded no start, but when the record was made, as `2026-01-07T11:21:30.489533` in local time. Only
/// differences of the result mean something.
std::optional<double> seconds_of_timestamp(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    double second = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%lf", &year, &month, &day, &hour, &minute, &second) != 6) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok()) {
        return std::nullopt;
    }
    const auto days = static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
    return days * 86400 + hour * 3600 + minute * 60 + second;
}

std::optional<record::Moment> start_of(const record::ExperimentRecord& record) {
    const record::AttemptRecord& attempt = record.last_attempt();
    if (attempt.window) {
        return attempt.window->start;
    }
    const std::optional<double> end = record.is_of_v3 ? seconds_of_timestamp(record.timestamp) : std::nullopt;
    if (!end || !attempt.duration) {
        return std::nullopt;
    }
    return record::Moment{"", *end - attempt.duration->count()};
}

PartFigure part_figure(std::optional<Joules> energy, const energy::EnergyQuality& quality, bool is_of_v3) {
    PartFigure part;
    part.energy = energy;
    part.uncertainty = quality.uncertainty;
    if (!is_of_v3) {
        part.verdict = quality.verdict;
    }
    part.reason = quality.reason.value_or("");
    return part;
}

/// Whether sums of squares of such numbers neither overflow nor vanish. Beyond, a training printed nonsense.
bool can_be_squared(double value) {
    constexpr double kLargest = 1e100;
    return value == 0 || (std::abs(value) < kLargest && std::abs(value) > 1 / kLargest);
}

std::optional<Joules> usable(std::optional<Joules> energy) {
    return energy && can_be_squared(energy->value()) ? energy : std::nullopt;
}

/// The flags that the record alone raises. Throttling is compared with other runs, and not in here.
void add_recorded_flags(Run& run, const record::ExperimentRecord& record) {
    const energy::Contamination& others = record.last_attempt().measurement.contamination;
    if (!others.gpu_processes.empty()) {
        run.flags.push_back({run.key, fmt::format("another process used the GPU: {}", others.gpu_processes.front()),
                             FlagSource::record});
    }
    // The background of a run is not a part of its training: it is in this number.
    if (others.other_cpu && *others.other_cpu >= kMostOtherCpu && !record.background) {
        run.flags.push_back(
            {run.key, fmt::format("other processes used {:.0f} % of the machine's CPU time", others.other_cpu->value()),
             FlagSource::record});
    }
    if (record.background && record.background->alive && *record.background->alive < kLeastBackgroundAlive) {
        run.flags.push_back(
            {run.key,
             fmt::format("the background was alive for {:.0f} % of the run", record.background->alive->value()),
             FlagSource::record});
    }
}

std::optional<BackgroundKey> background_of(const record::ExperimentRecord& record) {
    if (record.background) {
        return BackgroundKey{record.background->repository, record.background->model,
                             value_texts(record.background->hyperparameters), record.background->reuse};
    }
    if (record.mode == config::Mode::parallel || record.id.ends_with("_parallel")) {
        return BackgroundKey{"?", "?", {}, false}; // v3.0 did not always record it
    }
    return std::nullopt;
}

} // namespace

ReadRun read_planned(const plan::PlannedExperiment& experiment) {
    ReadRun read;
    read.run.key.experiment_id = experiment.id;
    read.run.values = experiment.training.hyperparameters;
    read.run.is_control = experiment.is_control;
    read.repository = experiment.training.repository;
    read.model = experiment.training.model;
    if (experiment.background) {
        const plan::PlannedTraining& beside = experiment.background->training;
        read.background = BackgroundKey{beside.repository, beside.model, value_texts(beside.hyperparameters),
                                        experiment.background->reuse};
    }
    return read;
}

ReadRun read_recorded(const record::ExperimentRecord& record) {
    const record::AttemptRecord& attempt = record.last_attempt();
    const energy::Measurement& measurement = attempt.measurement;
    ReadRun read;
    Run& run = read.run;
    run.key.experiment_id = record.id;
    run.values = record.hyperparameters;
    run.command = record.command;
    run.status = record.status();
    run.is_control = record.is_control;
    run.start = start_of(record);
    run.duration = attempt.duration;
    run.cpu_energy = usable(measurement.cpu.total);
    run.gpu_energy = usable(measurement.gpu.energy);
    run.utilisation = measurement.gpu.utilization_mean;
    run.start_temperature = measurement.start_temperature;
    run.devices = devices_of(record);
    run.failed_energy = record::failed_attempts_energy(record);
    for (const auto& [metric, value] : attempt.metrics) {
        if (value && can_be_squared(*value)) {
            run.metrics.emplace(metric, *value);
        }
    }
    add_recorded_flags(run, record);
    read.repository = record.repository;
    read.model = record.model;
    read.background = background_of(record);
    read.machine = machine_of(record);
    read.cpu = part_figure(measurement.cpu.total, measurement.cpu.quality, record.is_of_v3);
    read.gpu = part_figure(measurement.gpu.energy, measurement.gpu.quality, record.is_of_v3);
    read.throttle_reasons = measurement.contamination.throttle_reasons;
    read.error_message = attempt.error_message;
    return read;
}

} // namespace mutation::report
