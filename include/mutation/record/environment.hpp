#pragma once

#include "mutation/core/json.hpp"
#include "mutation/energy/sensor_facts.hpp"

#include <optional>
#include <string>

namespace mutation::record {

/// The machine and the program. What could not be read is none.
struct MachineFacts {
    std::string tool_version;
    std::string host;
    std::string kernel; ///< `Linux 6.1.0`
    std::optional<std::string> cpu_model;
    int cpu_count = 0;
    std::optional<std::string> governor; ///< of all CPUs; several names have a comma between them

    bool operator==(const MachineFacts&) const = default;
};

/// The clone of a training repository. What git did not answer is none.
struct RepositoryFacts {
    std::optional<std::string> commit;
    std::optional<bool> is_dirty; ///< whether files differ from the commit
};

/// Where an experiment ran.
struct Environment {
    MachineFacts machine;
    energy::SensorFacts sensors;
    std::optional<RepositoryFacts> repository; ///< none: its folder is no clone
    Json unknown;                              ///< members that this program does not know, from the file
};

} // namespace mutation::record
