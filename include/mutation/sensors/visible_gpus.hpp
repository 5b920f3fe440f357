#pragma once

#include "mutation/sensors/gpu_info.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// Reads CUDA_VISIBLE_DEVICES as CUDA does: indices, UUIDs or unique beginnings of them, MIG instances; the list ends
/// at its first invalid entry. An empty list means no GPU, no variable means all. Indices are those of nvidia-smi if
/// CUDA_DEVICE_ORDER is PCI_BUS_ID or all cards are alike. Otherwise CUDA has its own order, in which the card of an
/// index is not known, and no GPU is counted. Pure.
[[nodiscard]] VisibleGpus select_visible(const std::vector<GpuInfo>& gpus,
                                         const std::optional<std::string>& cuda_visible_devices,
                                         const std::optional<std::string>& cuda_device_order);

} // namespace mutation::sensors
