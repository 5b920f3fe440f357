#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/energy.hpp"
#include "mutation/sensors/machine_load.hpp"

#include <map>
#include <optional>
#include <string>

namespace mutation::sensors {

/// What the rest of the machine did while a training ran.
class ContaminationWatch {
public:
    /// Others' processes that were seen on a counted GPU, with their names.
    void add_processes(const std::map<int, std::string>& foreign) { others_.insert(foreign.begin(), foreign.end()); }
    void start();
    void stop();
    /// Sums up, and lowers the verdicts of figures that others disturbed. Forgets what was seen.
    [[nodiscard]] energy::Contamination judge(Seconds training_cpu_time, energy::Measurement& measurement,
                                              bool has_background);

private:
    std::map<int, std::string> others_;
    std::optional<MachineTime> before_;
    std::optional<MachineTime> after_;
};

} // namespace mutation::sensors
