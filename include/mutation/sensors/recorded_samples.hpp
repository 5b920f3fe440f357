#pragma once

#include "mutation/energy/cpu_energy.hpp"
#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/recovery_facts.hpp"

#include <filesystem>

namespace mutation::sensors {

/// These functions read what was written while a training ran, from the attempt's `energy/` folder. A file that is
/// missing, a link or no file gives nothing; a line that is damaged, or was cut off in the middle, is left out.

/// Whether the facts can be true. The file may have been changed by anybody who can write to the results.
[[nodiscard]] bool is_plausible(const RecoveryFacts& facts);

/// What perf or powercap counted; without intervals if nothing was.
[[nodiscard]] energy::CpuCounts read_cpu_counts(const std::filesystem::path& folder, const RecoveryFacts& facts);

/// The GPUs with their power samples.
[[nodiscard]] energy::GpuTimelines read_gpu_power(const std::filesystem::path& folder, const RecoveryFacts& facts);

/// Adds temperature and utilisation around the window to timelines of `read_gpu_power`.
void read_gpu_conditions(const std::filesystem::path& folder, const RecoveryFacts& facts, const energy::Window& window,
                         energy::GpuTimelines& timelines);

} // namespace mutation::sensors
