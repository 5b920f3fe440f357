#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/energy.hpp"
#include "mutation/sensors/machine_load.hpp"
#include "mutation/sensors/nvidia_smi.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>

namespace mutation::sensors {

/// What the rest of the machine did while a training ran.
class ContaminationWatch {
public:
    /// Looks for others' compute processes on the GPUs of these UUIDs, by asking nvidia-smi; to be called before and
    /// after a training.
    void ask_for_processes(const std::filesystem::path& nvidia_smi, const std::set<std::string>& uuids,
                           const Patience& patience);
    /// Others' compute processes that were seen on a counted GPU in another way, with their names.
    void add_processes(const std::map<pid_t, std::string>& foreign);
    void start();
    void stop();
    /// Sums up, and lowers the verdicts of figures that others disturbed. Forgets what was seen.
    [[nodiscard]] energy::Contamination judge(Seconds training_cpu_time, energy::Measurement& measurement,
                                              bool has_background);

private:
    std::map<pid_t, std::string> others_; ///< with their names
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace mutation::sensors
