#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/sensors/patience.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mutation::sensors {

/// What does not change while a source lives.
struct GpuSourceFacts {
    std::string method;                     ///< in records: `nvidia_smi`
    std::string name;                       ///< in messages: `nvidia-smi`
    Seconds sample_interval{0};             ///< that is asked for
    std::vector<GpuInfo> gpus;              ///< all of the machine's, at least one
    std::vector<energy::PowerField> fields; ///< each GPU's
    std::vector<std::string> findings;      ///< what is measured and how, a line each
    std::vector<std::string> warnings;      ///< what will be missing, and why
};

/// The GPUs of one vendor and what their sensors report. A source samples for as long as it lives; what it reports is
/// kept while it records. It is passive and lives in the program's one loop: only functions that say so wait. `on_poll`
/// comes when a descriptor of `add_poll_fds` is ready, else once a second, and not for up to 2 s while processes that a
/// training left are ended. A source that reads a sensor itself therefore offers a timerfd; one that runs a program
/// offers its pipe. GPUs are named by their place in `facts().gpus`. Each of an energy's `method`, `source`,
/// `sample_interval` and `is_counted` comes from the caller (GpuMeter), not from the source.
class GpuSource {
public:
    GpuSource() = default;
    GpuSource(const GpuSource&) = delete;
    GpuSource& operator=(const GpuSource&) = delete;
    virtual ~GpuSource() = default;

    [[nodiscard]] virtual const GpuSourceFacts& facts() const = 0;
    /// Which GPUs a training with this environment (`NAME=value`) can see.
    [[nodiscard]] virtual VisibleGpus find_visible(const std::vector<std::string>& environment) const = 0;

    /// Keeps what was sampled from `since` on, and writes it to CSV files in `folder` by `SampleFiles`, from which
    /// `resume` recovers a killed attempt. A source that samples nothing at
    /// the moment starts again. Does not wait for samples.
    virtual void start_recording(const std::filesystem::path& folder, MonotonicTime since) = 0;
    /// What was recorded, also a little before and after `window`: the bound of an energy needs these samples. Waits at
    /// most `patience` for answers that `training_ended` has asked for. The next recording may reuse the memory.
    [[nodiscard]] virtual energy::GpuTimelines stop_recording(const energy::Window& window,
                                                              const Patience& patience) = 0;
    /// A training is about to start: finds out who computes on the GPUs.
    virtual void expect_training(const Patience& patience) { static_cast<void>(patience); }
    /// The training has just started or ended: energy counters are requested.
    virtual void training_started() {}
    virtual void training_ended() {}

    /// Waits until every GPU has a sample from after `time`, at most `limit`, or until `stop_fd` is readable. Returns
    /// whether every GPU has one; with a limit of 0 it only answers. A sample without power counts. Does not wait if
    /// `silence` says that nothing is sampled.
    virtual bool wait_until_after(MonotonicTime time, Seconds limit, int stop_fd) = 0;
    /// Why nothing is sampled at the moment; nullopt if the GPUs are sampled.
    [[nodiscard]] virtual std::optional<std::string> silence() const = 0;
    /// The newest readings; nullopt if there is none that is at most 3 s old.
    [[nodiscard]] virtual std::optional<Watts> current_power(std::size_t gpu) const = 0;
    [[nodiscard]] virtual std::optional<Celsius> current_temperature(std::size_t gpu) const = 0;

    virtual void add_poll_fds(std::vector<pollfd>& fds) const = 0;
    /// `companions`: processes of ours that are not the training's.
    virtual void on_poll(const std::set<pid_t>& companions) = 0;
    /// Its helper processes, which outlive a training.
    [[nodiscard]] virtual std::set<pid_t> processes() const = 0;
};

/// The machine's GPUs, or why there are none to be measured.
struct FoundGpus {
    std::unique_ptr<GpuSource> source; ///< null: none
    std::string reason;                ///< why there is none, with the remedy
};

} // namespace mutation::sensors
