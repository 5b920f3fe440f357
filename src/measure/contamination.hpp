#pragma once

#include "mutation/core/units.hpp"
#include "mutation/measure/energy.hpp"
#include "mutation/measure/machine_load.hpp"
#include "mutation/measure/nvml.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>

namespace mutation::measure {

/// What the rest of the machine did while a training ran.
class ContaminationWatch {
public:
    /// Others' compute processes on the GPUs of these UUIDs now, by asking nvidia-smi; to be called before and after.
    void ask_for_processes(const std::filesystem::path& nvidia_smi, const std::set<std::string>& uuids);
    /// The same by the driver's library, which starts no process: while a training runs. A process of which it cannot
    /// be told whether it is the training's is left out.
    void look_at_processes(const Nvml& nvml, const std::set<std::string>& uuids);
    void start();
    void stop();
    /// Sums up, and lowers the verdicts of figures that others disturbed. Forgets what was seen.
    [[nodiscard]] Contamination judge(Seconds training_cpu_time, Measurement& measurement, bool has_background);

private:
    std::map<pid_t, std::string> others_; ///< with their names
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace mutation::measure
