#pragma once

#include "mutation/core/units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// One GPU of the machine. Only the index, the UUID and the name are always there.
struct GpuInfo {
    int index = 0;
    std::string uuid;
    std::string name;
    std::string driver;
    std::string persistence_mode;                    ///< "Enabled", "Disabled", "" if it is not reported
    std::string mig_mode;                            ///< "Enabled" if the GPU is split
    std::vector<std::string> mig_uuids;              ///< of its instances
    std::optional<Watts> power_limit = std::nullopt; ///< the highest that the card reports; nullopt if it reports none
};

/// Which of the machine's GPUs a training can see.
struct VisibleGpus {
    std::vector<bool> is_counted;      ///< as long as the list of GPUs
    std::optional<std::string> remark; ///< why none is counted, or which are not known apart
};

} // namespace mutation::sensors
