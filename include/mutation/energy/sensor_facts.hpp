#pragma once

#include "mutation/core/units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::energy {

/// A GPU of the machine, as its driver describes it.
struct GpuFacts {
    int index = 0; ///< as the driver counts
    std::string uuid;
    std::string name;
    std::string persistence_mode;
};

/// The power of idle hardware and how much it varied.
struct IdlePower {
    Watts mean;
    Watts spread; ///< standard deviation of the samples
};

/// The power of the idle machine before the first experiment.
struct IdleBaseline {
    std::optional<Watts> cpu;
    std::optional<Watts> cpu_spread;            ///< standard deviation
    std::vector<std::optional<IdlePower>> gpus; ///< in the order of `SensorFacts::gpus`; none: no sample
};

/// The sensors of the machine, for records.
struct SensorFacts {
    std::optional<std::string> perf_version;
    std::optional<std::string> gpu_driver;
    std::vector<GpuFacts> gpus;
    std::optional<IdleBaseline> baseline; ///< none: it was not measured
};

} // namespace mutation::energy
