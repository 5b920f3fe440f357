#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/energy.hpp"
#include "mutation/energy/sensor_facts.hpp"
#include "mutation/sensors/gpu_source.hpp"
#include "mutation/system/process.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// Where to look for sensors.
struct SensorSources {
    std::optional<std::filesystem::path> perf;       ///< none: not installed
    std::optional<std::filesystem::path> nvidia_smi; ///< none: not installed
    std::filesystem::path sysfs = "/sys";
    Seconds sample_interval{0.1}; ///< of the GPUs
    int stop_fd = -1;             ///< ends the wait for a program that is run once
};

/// The command that must run a training so that its CPU energy is counted.
struct AttemptSensors {
    std::vector<std::string> wrapper; ///< empty: nothing
    std::vector<system::PassedFd> wrapper_fds;
};

/// When a training's process started.
struct TrainingStart {
    MonotonicTime start{};
    WallTime wall_start{};
    MonotonicTime perf_spawned{}; ///< perf began to count between these two
    MonotonicTime launcher_up{};
};

/// What the measurement needs to know of an attempt's run.
struct AttemptFacts {
    std::optional<energy::Window> window; ///< none: no training was started
    MonotonicTime perf_spawned{};         ///< perf began to count between these two
    MonotonicTime launcher_up{};
    bool perf_refused = false;
    std::optional<std::string> perf_crash;
    std::string perf_messages;
    Seconds training_cpu_time{0};
    bool is_interrupted = false; ///< the user waits, so sensors get less time
    bool has_background = false; ///< a training of ours ran beside it: what it took is no disturbance
};

/// All sensors of the machine, looked for once per session. Lives in the program's one loop: add_poll_fds, on_poll.
class Sensors {
public:
    /// Looks for everything: tries perf once, asks nvidia-smi for the GPUs.
    explicit Sensors(const SensorSources& sources);
    /// With these GPUs, whatever `sources` says about them.
    Sensors(const SensorSources& sources, FoundGpus gpus);
    Sensors(const Sensors&) = delete;
    Sensors& operator=(const Sensors&) = delete;
    ~Sensors();

    /// What will be measured and how, a line each.
    [[nodiscard]] std::vector<std::string> findings() const;
    /// What will not be measured, why, and the remedy.
    [[nodiscard]] std::vector<std::string> warnings() const;
    /// What happened to a sensor since the last call and is to be reported at once: it delivers nothing, or a training
    /// has no figure of it.
    [[nodiscard]] std::vector<std::string> take_alerts();
    /// GPUs, driver, perf and the baseline, for records.
    [[nodiscard]] energy::SensorFacts describe() const;
    /// Whether there is any sensor.
    [[nodiscard]] bool can_measure() const;
    [[nodiscard]] bool can_measure_cpu() const;

    /// Measures the idle machine for that long; returns early when `stop_fd` becomes readable. Its raw output goes to
    /// `folder`, which is made. Processes of ours go on if they are among the `companions`. Returns what was found, for
    /// people.
    std::string measure_baseline(Seconds length, const std::filesystem::path& folder, int stop_fd,
                                 const std::set<pid_t>& companions = {});

    /// Starts what must run before the training; returns when the GPUs' samples arrive or will not arrive. Raw output
    /// goes to `energy`. `environment` is the training's: CUDA_VISIBLE_DEVICES.
    [[nodiscard]] AttemptSensors start_attempt(const std::filesystem::path& energy,
                                               const std::vector<std::string>& environment, int stop_fd);
    /// Goes on sampling for as long after the training's end as the GPUs' sensors average, and computes the energies.
    [[nodiscard]] energy::Measurement finish_attempt(const AttemptFacts& facts, int stop_fd);

    /// The training has just started or ended: powercap is read, the GPUs' energy counters are requested. At its start
    /// RecoveryFacts are written, for a session that is killed meanwhile.
    void training_started(const TrainingStart& start);
    void training_ended();

    void add_poll_fds(std::vector<pollfd>& fds) const;
    /// `companions`: processes of ours that are not the training's.
    void on_poll(const std::set<pid_t>& companions = {});
    [[nodiscard]] std::set<pid_t> processes() const;
    /// Temperature of the hottest GPU that the last training could see; nullopt if none reports it. Waits at most 3 s.
    [[nodiscard]] std::optional<Celsius> hottest_gpu();
    [[nodiscard]] std::optional<Watts> current_cpu_power() const;
    [[nodiscard]] std::optional<Watts> current_gpu_power() const;

private:
    /// Samples until then; returns whether `stop_fd` did not become readable before.
    bool rest(MonotonicTime end, int stop_fd);

    struct State;
    std::unique_ptr<State> state_;
};

} // namespace mutation::sensors
