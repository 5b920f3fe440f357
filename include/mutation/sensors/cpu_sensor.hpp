#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/energy.hpp"
#include "mutation/sensors/power_events.hpp"
#include "mutation/sensors/powercap.hpp"
#include "mutation/system/process.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// What is known of the run of perf whose counts are read.
struct PerfRun {
    MonotonicTime spawned{}; ///< perf began to count between these two
    MonotonicTime launcher_up{};
    bool was_refused = false;         ///< it did not start the training
    std::optional<std::string> crash; ///< how and when it ended before the training
    std::string messages;
};

/// The CPU's energy: by perf around a training, else by powercap, else not at all, with the reason.
class CpuSensor {
public:
    /// Tries perf once; that ends early when `stop_fd` is readable.
    CpuSensor(std::optional<std::filesystem::path> perf, const std::filesystem::path& sysfs, int stop_fd = -1);

    enum class Method { none, perf, powercap };
    [[nodiscard]] Method method() const { return method_; }
    /// Why no better method works, with the remedy; nullopt if the best one works.
    [[nodiscard]] const std::optional<std::string>& reason() const { return reason_; }
    /// Why there will be no total although the package is measured, with the remedy; nullopt if there will be one.
    [[nodiscard]] const std::optional<std::string>& missing() const { return missing_; }
    /// Which counters did not move while they were tried; nullopt if all moved.
    [[nodiscard]] const std::optional<std::string>& doubt() const { return doubt_; }
    /// Whether the counters are there and a container hides them.
    [[nodiscard]] bool is_masked() const { return method_ == Method::none && powercap_.is_masked(); }
    [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
    [[nodiscard]] const std::optional<std::string>& perf_version() const { return perf_version_; }
    /// When powercap began to count; nullopt under perf, which begins with the training.
    [[nodiscard]] std::optional<MonotonicTime> counting_since() const { return counting_since_; }

    /// Begins to count. Returns what must be put before the training's command; empty under powercap. The counts go to
    /// cpu_energy_raw.txt in `energy`, each second and in perf's form, so that they survive this program.
    [[nodiscard]] std::vector<std::string> start(const std::filesystem::path& energy);
    [[nodiscard]] std::vector<system::PassedFd> wrapper_fds() const;
    void on_poll(MonotonicTime now);
    /// Reads powercap now: at a training's start and end, so that the intervals fit the training.
    void read_now();
    /// Power over the last second or so; nullopt if a domain was not counted, or if the last count is old.
    [[nodiscard]] std::optional<Watts> current_power() const;
    /// Begins to look for counters that report nothing for some seconds of a training.
    void watch(MonotonicTime now);
    void stop_watching() { is_watched_ = false; }
    /// That the counters report nothing: once a training. Looks at most once a second.
    [[nodiscard]] std::optional<std::string> take_outage(MonotonicTime now);
    /// Ends counting and returns the energy over the window.
    [[nodiscard]] energy::CpuEnergy finish(const PerfRun& run, const energy::Window& window);

private:
    void set_doubt(const std::vector<std::string>& still_counters);
    /// Writes what powercap counted to the raw log.
    void log_interval(const energy::CpuInterval* interval);
    [[nodiscard]] energy::CpuCounts read_perf(const PerfRun& run) const;
    void explain(energy::CpuEnergy& energy, const energy::CpuCounts& counts, const PerfRun& run) const;
    /// Writes cpu_power.csv. Returns the error, if there was one.
    [[nodiscard]] std::optional<std::string> write_power(const energy::CpuCounts& counts) const;

    std::optional<std::filesystem::path> perf_;
    Powercap powercap_;
    Method method_ = Method::none;
    std::optional<std::string> reason_;
    std::optional<std::string> missing_;
    std::optional<std::string> doubt_;
    std::vector<std::string> events_;
    std::optional<std::string> perf_version_;
    std::filesystem::path energy_folder_;
    system::UniqueFd raw_log_;
    std::optional<MonotonicTime> counting_since_;
    bool is_watched_ = false;
    MonotonicTime looked_{};
    MonotonicTime seen_{}; ///< when the counters last showed a power, or the training started
};

/// The name of a method in records: `perf_rapl`, `powercap`; "" for none.
[[nodiscard]] std::string method_name(CpuSensor::Method method);

} // namespace mutation::sensors
