#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/quality.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mutation::energy {

/// CPU energy over a training's lifetime.
struct CpuEnergy {
    std::optional<Joules> package; ///< all packages
    std::optional<Joules> ram;     ///< none: the processor has no RAM domain, or it was not read
    std::optional<Joules> total;   ///< package + ram if the processor has both, else package; none if one is missing
    std::optional<Joules> psys;    ///< contains the others: recorded, never summed
    std::optional<Watts> spread;   ///< standard deviation of the readings' power; none for fewer than two
    EnergyQuality quality;
};

/// One GPU's part.
struct GpuDeviceEnergy {
    int index = 0;
    std::string uuid;
    std::string name;
    bool is_counted = false; ///< whether the training can see it
    /// Whether a process of the training computed on it; none if that could not be seen: it was too short, or the
    /// driver does not report processes, or not by the numbers that they have here (containers).
    std::optional<bool> used_by_training;
    std::optional<Joules> energy;
    std::optional<Joules> uncertainty;
    std::optional<Watts> power_mean; ///< energy over time
    std::optional<Watts> power_max;  ///< of the readings that show only the training, or the mean
    std::optional<Watts> power_min;
    std::optional<Celsius> temperature_mean;
    std::optional<Celsius> temperature_max;
    std::optional<Celsius> temperature_start;
    std::optional<Percent> utilization_mean;
    std::optional<Percent> utilization_max;
    std::optional<Joules> counter_energy;
    std::optional<double> clock_start_mhz;     ///< first within the training
    std::optional<double> clock_end_mhz;       ///< last within it
    std::vector<std::string> throttle_reasons; ///< that were seen within it; the vendor's names
    std::string power_field;                   ///< which field of the sensor was read
    std::optional<Seconds> sensor_averaging;   ///< the time over which that field averages
};

/// GPU energy over a training's lifetime: watts are those of the sum over the counted GPUs, temperature and
/// utilisation their mean, and the max of any.
struct GpuEnergy {
    std::optional<Joules> energy;
    std::optional<Watts> power_mean;
    std::optional<Watts> power_max;
    std::optional<Watts> power_min;
    std::optional<Celsius> temperature_mean;
    std::optional<Celsius> temperature_max;
    std::optional<Percent> utilization_mean;
    std::optional<Percent> utilization_max;
    std::vector<GpuDeviceEnergy> devices; ///< all of the machine's, counted or not
    EnergyQuality quality;
};

/// What else ran on the machine meanwhile.
struct Contamination {
    std::vector<std::string> gpu_processes;    ///< compute processes of others on the counted GPUs: "pid name"
    std::optional<Percent> other_cpu;          ///< CPU time of the rest of the machine, of all CPUs over the window
    std::vector<std::string> throttle_reasons; ///< the vendor's names
};

/// Energy above the idle machine's.
struct NetEnergy {
    std::optional<Joules> cpu;
    std::optional<Joules> gpu; ///< of all counted GPUs, or none
    std::optional<Watts> cpu_idle;
    std::optional<Watts> gpu_idle;     ///< of all counted GPUs, or none
    std::optional<std::string> reason; ///< why something is absent
};

/// A figure that no sensor showed, kept apart from those that one did.
struct EstimatedEnergy {
    Joules energy;
    std::string method;
};

/// All that was measured over one attempt.
struct Measurement {
    CpuEnergy cpu;
    GpuEnergy gpu;
    NetEnergy net{{}, {}, {}, {}, "nothing was measured"};
    Contamination contamination;
    std::optional<EstimatedEnergy> cpu_estimated;
    std::optional<Celsius> start_temperature;
    std::vector<std::string> remarks; ///< what the user should know, although the figures are valid
};

} // namespace mutation::energy
