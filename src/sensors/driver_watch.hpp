#pragma once

#include "mutation/energy/energy.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/sensors/nvml_process.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// What the driver reported of one GPU over a training.
struct DriverFindings {
    std::optional<Joules> counter_energy; ///< by the card's own counter
    std::optional<bool> used_by_training; ///< see GpuDeviceEnergy
    std::map<pid_t, std::string> foreign; ///< somebody else's processes, with their names
};

/// What the GPUs' driver knows beside power: energy counters, and who computes on which card. Asks for it by
/// NvmlProcess and never waits for it while a training runs.
class DriverWatch {
public:
    /// Begins to load the library.
    DriverWatch(const std::vector<GpuInfo>& gpus, const std::filesystem::path& nvidia_smi);

    /// Forgets the last training. Waits until the library is loaded, or until `stop_fd` is readable.
    void start(int stop_fd);
    /// Requests the counters.
    void training_started();
    void training_ended();
    /// One for each GPU. Waits for the last counters, at most 6 s.
    [[nodiscard]] std::vector<DriverFindings> finish();
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
        std::vector<std::optional<Joules>> values;
    };
    /// How often a GPU's processes were listed while the training was seen on any GPU, and how often on this one.
    struct Sightings {
        int listed = 0;
        int seen = 0;
    };

    void request(Counters& counters);
    void take(const NvmlAnswer& answer);
    void take_processes(const NvmlAnswer& answer);

    NvmlProcess nvml_;
    std::size_t gpus_;
    bool has_machine_pids_;
    bool is_training_ = false;
    bool is_failure_reported_ = false;
    MonotonicTime next_look_{};
    std::set<pid_t> companions_;
    Counters before_;
    Counters after_;
    std::vector<Sightings> sightings_;
    std::vector<std::map<pid_t, std::string>> foreign_;
};

} // namespace mutation::sensors
