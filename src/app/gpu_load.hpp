#pragma once

#include "mutation/system/process.hpp"

#include <optional>

namespace mutation::app {

/// Keeps the memory of every GPU that CUDA sees busy for its lifetime, through the driver's own library, which is
/// loaded where it is there and never linked. In a process of its own: a driver that hangs must not hang the doctor.
class GpuLoad {
public:
    GpuLoad();
    /// Whether the load is on; false where there is no driver, or it refused.
    [[nodiscard]] bool is_running();

private:
    system::Child child_;
};

} // namespace mutation::app
