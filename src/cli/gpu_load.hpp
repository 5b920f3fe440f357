#pragma once

#include "mutation/system/process.hpp"

#include <memory>
#include <string>

namespace mutation::cli {

/// What the loading process reports, in memory that it shares with the doctor.
struct GpuLoadProgress;

/// Keeps the memory of every GPU that CUDA sees busy for its lifetime, through the driver's own library, which is
/// loaded at run time if it exists. Runs in its own process: a driver that hangs must not hang the doctor.
class GpuLoad {
public:
    GpuLoad();
    /// Its process; -1 if it could not be started.
    [[nodiscard]] pid_t pid() const { return child_.pid(); }
    /// Why not all of `gpus` GPUs are busy, "" where they are: no driver, it refused, the load died or hangs. Takes up
    /// to two seconds, in which the load has to go on.
    [[nodiscard]] std::string failure(std::size_t gpus);

private:
    struct Unmap {
        void operator()(GpuLoadProgress* progress) const;
    };

    std::unique_ptr<GpuLoadProgress, Unmap> progress_;
    system::Child child_;
};

} // namespace mutation::cli
