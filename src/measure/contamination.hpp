#pragma once

#include "mutation/core/units.hpp"
#include "mutation/measure/energy.hpp"
#include "mutation/measure/machine_load.hpp"
#include "mutation/measure/nvidia_smi.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace mutation::measure {

/// What the rest of the machine did while a training ran.
class ContaminationWatch {
public:
    /// Others' compute processes now; to be called before and after.
    void look_at_gpus(const std::filesystem::path& nvidia_smi);
    void start();
    void stop();
    /// Sums up, and lowers the verdicts of figures that others disturbed. Forgets what was seen.
    [[nodiscard]] Contamination judge(Seconds training_cpu_time, Measurement& measurement, bool has_background);

private:
    std::map<int, GpuProcess> others_;
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace mutation::measure
