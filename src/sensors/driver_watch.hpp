#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/sensors/gpu_processes.hpp"
#include "mutation/sensors/nvml_process.hpp"
#include "mutation/sensors/patience.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// What the driver reported of one GPU over a training; see energy::GpuTimeline.
struct DriverFindings {
    std::optional<energy::CounterReading> counter_start;
    std::optional<energy::CounterReading> counter_end;
    std::optional<bool> used_by_training;
    std::map<int, std::string> foreign; ///< others' processes, with their names
};

/// What NVIDIA's driver knows beside power: energy counters, and which processes compute on which card. Requests it by
/// NvmlProcess and never waits for it while a training runs. If NVML does not list the processes, nvidia-smi does,
/// before and after a training.
class DriverWatch {
public:
    /// Begins to load the library.
    DriverWatch(std::vector<GpuInfo> gpus, std::filesystem::path nvidia_smi);

    /// Forgets the last training. Waits until the library is loaded, or until the patience is over.
    void start(const Patience& patience);
    /// Requests the counters and the processes.
    void training_started();
    void training_ended();
    /// One for each GPU. Waits for the last answer, at most 6 s.
    [[nodiscard]] std::vector<DriverFindings> finish(const Patience& patience);
    /// Why nothing more comes from the driver. Reported once.
    [[nodiscard]] std::optional<std::string> take_failure();

    void add_poll_fds(std::vector<pollfd>& fds) const { nvml_.add_poll_fds(fds); }
    /// `companions`: our processes that are not the training's.
    void on_poll(const std::set<pid_t>& companions);
    [[nodiscard]] pid_t pid() const { return nvml_.pid(); }

private:
    /// The counters at a moment.
    struct Counters {
        std::optional<int> request;
        MonotonicTime requested{};
        MonotonicTime read{};
        std::vector<std::optional<Joules>> values;

        [[nodiscard]] std::optional<energy::CounterReading> of(std::size_t gpu) const;
    };
    /// How often a GPU's processes were listed while the training was seen on any GPU, and how often on this one.
    struct Sightings {
        int listed = 0;
        int seen = 0;
    };

    void request(Counters& counters);
    void take(const NvmlAnswer& answer);
    void take_processes(const NvmlAnswer& answer);
    /// Looks for others' processes by asking nvidia-smi, unless NVML lists them.
    void ask_program(const Patience& patience);

    NvmlProcess nvml_;
    std::vector<GpuInfo> gpus_;
    std::filesystem::path nvidia_smi_;
    bool has_machine_pids_;
    bool does_nvml_list_ = false; ///< whether NVML listed every GPU's processes when it was asked last
    bool is_training_ = false;
    bool is_failure_reported_ = false;
    MonotonicTime next_look_{};
    std::optional<int> last_look_; ///< the request for the processes after the training
    std::set<pid_t> companions_;
    Counters before_;
    Counters after_;
    std::vector<Sightings> sightings_;
    std::vector<std::map<int, std::string>> foreign_;
};

} // namespace mutation::sensors
