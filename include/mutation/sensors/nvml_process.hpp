#pragma once

#include "mutation/core/json.hpp"
#include "mutation/core/units.hpp"
#include "mutation/sensors/gpu_processes.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/unique_fd.hpp"

#include <filesystem>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// What NVML reported of each GPU at one moment.
struct NvmlAnswer {
    int request = 0;
    MonotonicTime time;                                            ///< when it was read
    std::vector<std::optional<Joules>> counters;                   ///< empty unless counters were requested
    std::vector<std::optional<std::vector<GpuProcess>>> processes; ///< empty unless processes were requested
};

/// NVML in a separate process: if a call hangs or crashes in the driver's library, only its answer is lost. Passive:
/// part of the program's one loop. The process runs as the user that trainings run as. It ends with this object, and
/// with this program even if the program is killed. After one failure it is not started again.
class NvmlProcess {
public:
    /// Starts the process and does not wait for it. `nvidia_smi` lists the processes if the library does not load.
    NvmlProcess(const std::vector<std::string>& uuids, const std::filesystem::path& nvidia_smi);
    NvmlProcess(const NvmlProcess&) = delete;
    NvmlProcess& operator=(const NvmlProcess&) = delete;
    ~NvmlProcess() = default;

    /// Waits until the library is loaded or has failed: at most 10 s from the start, or until `stop_fd` is readable.
    void wait_until_ready(int stop_fd);
    /// Whether NVML answers, and not nvidia-smi instead.
    [[nodiscard]] bool is_loaded() const { return is_loaded_; }
    /// Why the process was given up; nullopt if it works.
    [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

    /// The request's number; nullopt if nothing can be requested: not ready, given up, or (for counters) NVML is not
    /// loaded.
    std::optional<int> request_counters();
    std::optional<int> request_processes();
    /// Whether an answer is still to come.
    [[nodiscard]] bool is_waiting() const { return answered_ < requested_; }
    /// Waits for the answer to a request, at most 6 s.
    void wait_for(int request);
    /// The answers that have come since the last call.
    [[nodiscard]] std::vector<NvmlAnswer> take_answers();

    void add_poll_fds(std::vector<pollfd>& fds) const;
    void on_poll();
    [[nodiscard]] pid_t pid() const { return child_.is_running() ? child_.pid() : -1; }

private:
    void start(const std::vector<std::string>& uuids, const std::filesystem::path& nvidia_smi);
    std::optional<int> send(std::string_view what);
    void read_answers();
    void take_line(std::string_view line);
    void take_answer(const Json& json);
    void fail(const std::string& why);
    [[nodiscard]] std::string describe_end();
    template <class Condition>
    void serve_until(int stop_fd, const Condition& is_met);

    system::Child child_;
    system::UniqueFd requests_;
    system::UniqueFd answers_;
    std::string partial_line_;
    std::vector<NvmlAnswer> arrived_;
    MonotonicTime waiting_since_{};
    bool is_ready_ = false;
    bool is_loaded_ = false;
    int requested_ = 0; ///< number of the last request
    int answered_ = 0;  ///< number of the last one that was answered; answers come in order
    std::optional<std::string> failure_;
};

} // namespace mutation::sensors
