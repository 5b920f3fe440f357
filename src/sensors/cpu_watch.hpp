#pragma once

#include "mutation/sensors/cpu_sensor.hpp"

#include <optional>
#include <string>

namespace mutation::sensors {

/// Notices counters of the CPU that deliver nothing for some seconds of a training.
class CpuWatch {
public:
    void start(MonotonicTime now);
    void stop() { is_running_ = false; }
    /// What is to be reported: once a training. Looks at most once a second.
    [[nodiscard]] std::optional<std::string> look(const CpuSensor& cpu, MonotonicTime now);

private:
    bool is_running_ = false;
    bool is_reported_ = false;
    MonotonicTime looked_{};
    MonotonicTime seen_{}; ///< when the counters last showed a power, or the training started
};

} // namespace mutation::sensors
