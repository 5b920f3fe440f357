#pragma once

#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// A process that computes on a GPU, as the driver lists it.
struct GpuProcess {
    pid_t pid = 0;
    std::string name; ///< "" if the driver does not name it
    std::string uuid; ///< of the GPU or its MIG instance; "" if it is not reported

    /// The driver's name for it, else the kernel's.
    [[nodiscard]] std::string display_name() const;
};

/// The rows of `nvidia-smi --query-compute-apps=pid,process_name,gpu_uuid`. Lines without a process number are left
/// out. Pure.
[[nodiscard]] std::vector<GpuProcess> parse_gpu_processes(std::string_view csv);

/// Whose a process on a GPU is.
enum class ProcessOwner {
    training,
    companion, ///< ours, but not the training's: a background
    driver,    ///< a service of the driver or a display server: nobody's job
    foreign,   ///< somebody else's job
    unknown,   ///< there is no such process here (a container, or it has ended), or we may not look at it
};

/// Finds out whose the processes of a GPU are.
class ProcessOwners {
public:
    /// Processes below `root` are ours. The `companions` and all below them are not the training's.
    /// `has_machine_pids`: see system::has_machine_pids.
    ProcessOwners(pid_t root, std::set<pid_t> companions, bool has_machine_pids);

    /// One owner for each process of one GPU's list. With process numbers of our own, a list that names a process that
    /// does not exist here is in the machine's numbers: then all of it is unknown, since any of its numbers could
    /// belong to another process here.
    [[nodiscard]] std::vector<ProcessOwner> find(const std::vector<GpuProcess>& of_one_gpu) const;
    /// The foreign ones of a list of any GPUs' processes.
    [[nodiscard]] std::vector<GpuProcess> find_foreign(const std::vector<GpuProcess>& listed) const;

private:
    [[nodiscard]] ProcessOwner find_one(const GpuProcess& process) const;

    pid_t root_;
    std::set<pid_t> companions_;
    bool has_machine_pids_;
};

} // namespace mutation::sensors
