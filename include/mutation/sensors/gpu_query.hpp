#pragma once

#include "mutation/energy/gpu_timeline.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/sensors/gpu_processes.hpp"
#include "mutation/sensors/patience.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::sensors {

/// The machine's GPUs, or why there are none.
struct GpuInventory {
    std::vector<GpuInfo> gpus;
    std::optional<std::string> reason; ///< why there are none
    std::optional<std::string> remark; ///< what nvidia-smi printed beside its rows, and its status if it failed
};

/// The machine's GPUs; fields that an old nvidia-smi does not know are left out.
[[nodiscard]] GpuInventory query_gpus(const std::filesystem::path& nvidia_smi, const Patience& patience = {});

/// Gives each GPU the UUIDs of its MIG instances, from what `nvidia-smi -L` prints. Pure.
void add_mig_instances(std::string_view list, std::vector<GpuInfo>& gpus);

/// How a GPU's power fields answered when they were tried.
struct FieldTrial {
    bool has_power = true;                    ///< whether any of them reported a power
    std::optional<std::string> without_power; ///< those that reported none, with what they reported
};

/// What a sampler asks nvidia-smi for.
struct SampledFields {
    std::vector<std::string> fields;              ///< those that this nvidia-smi knows
    std::vector<energy::PowerField> power_fields; ///< each GPU's
    std::vector<FieldTrial> trials;               ///< each GPU's
};

/// Which of the `wanted` fields this nvidia-smi knows, in their order: `power.draw` and the like differ between
/// drivers. For each GPU the best power field that reports a power now; if none does, the best that is known.
[[nodiscard]] SampledFields choose_fields(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus,
                                          std::vector<std::string> wanted, const Patience& patience = {});

/// The processes that compute on the GPUs now; none if nvidia-smi does not answer. Waits at most 4 s.
[[nodiscard]] std::vector<GpuProcess> query_gpu_processes(const std::filesystem::path& nvidia_smi,
                                                          const Patience& patience = {});

} // namespace mutation::sensors
