#pragma once

#include "mutation/sensors/gpu_info.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// Reads CUDA_VISIBLE_DEVICES as CUDA does: indices, UUIDs or unique beginnings of them, MIG instances; the list ends
/// at its first invalid entry; empty means none, absent all. Indices are those of nvidia-smi where CUDA_DEVICE_ORDER is
/// PCI_BUS_ID or all cards are alike; in CUDA's own order of unlike cards it cannot be told which one an index names,
/// and none is counted. Pure.
[[nodiscard]] VisibleGpus select_visible(const std::vector<GpuInfo>& gpus,
                                         const std::optional<std::string>& cuda_visible_devices,
                                         const std::optional<std::string>& cuda_device_order);

} // namespace mutation::sensors
