#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/energy/net_energy.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// One GPU and its power sensor, as they were known when the training started.
struct RecoveryGpu {
    int index = 0;
    std::string uuid;
    std::string name;
    bool is_counted = false; ///< whether the training can see it
    energy::PowerField field;
};

/// What a later reader needs to compute an attempt's energy from the files in its `energy/` folder, if this program is
/// killed while the training runs.
struct RecoveryFacts {
    MonotonicTime start{};  ///< of the training's process ...
    WallTime wall_start{};  ///< ... on both clocks
    Seconds wall_lead{0};   ///< of the stamps in the CSV files before the monotonic clock
    std::string cpu_method; ///< `perf_rapl`, `powercap`; "" if the CPU's energy is not measured
    std::vector<std::string> cpu_events;
    MonotonicTime perf_spawned{}; ///< the times in cpu_energy_raw.txt count from a moment between these two
    MonotonicTime launcher_up{};
    std::string gpu_method; ///< `nvidia_smi`; "" if there is no GPU
    std::string gpu_source; ///< its name in messages
    Seconds sample_interval{0};
    std::optional<std::string> visibility_remark; ///< see energy::GpuTimelines
    std::vector<RecoveryGpu> gpus;                ///< all of the machine's
    std::optional<energy::IdleLevels> idle;       ///< none: the idle machine was not measured
};

/// The file's name in an attempt's `energy/` folder.
inline constexpr const char* kRecoveryFactsFile = "sensor_facts.json";

/// Writes the file in `folder`, whole or not at all. Error(storage).
void write_recovery_facts(const RecoveryFacts& facts, const std::filesystem::path& folder);
/// nullopt if the file is missing, damaged, or from another version.
[[nodiscard]] std::optional<RecoveryFacts> read_recovery_facts(const std::filesystem::path& folder);

} // namespace mutation::sensors
