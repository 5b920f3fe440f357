#pragma once

#include "contamination.hpp"
#include "gpu_meter.hpp"
#include "mutation/energy/net_energy.hpp"
#include "mutation/sensors/cpu_sensor.hpp"
#include "mutation/sensors/sensors.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

struct Sensors::State {
    State(SensorSources given, FoundGpus found);

    /// Reports GPUs that are not sampled at the moment: once an attempt.
    void report_outage();
    /// Reports a training without a figure although the sensor is there.
    void report_absent(const energy::Measurement& measurement);
    void finish_gpus(const AttemptFacts& facts, int stop_fd, energy::Measurement& measurement);
    [[nodiscard]] std::optional<energy::IdleLevels> idle_levels() const;
    /// What the attempt's energy can be computed from if this program is killed.
    void write_facts(const TrainingStart& start);

    SensorSources sources;
    CpuSensor cpu;
    std::optional<GpuMeter> gpus;
    std::string gpu_reason; ///< why there are none
    ContaminationWatch contamination;
    std::optional<energy::IdleBaseline> baseline; ///< nullopt: not measured
    std::filesystem::path energy_folder;
    std::vector<std::string> alerts;
};

} // namespace mutation::sensors
