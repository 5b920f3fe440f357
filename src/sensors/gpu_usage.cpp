#include "mutation/sensors/gpu_usage.hpp"

#include "mutation/core/text.hpp"

#include <fmt/format.h>

namespace mutation::sensors {

namespace {

/// `GPU 0`, `GPUs 0, 2`
std::string name_gpus(const std::vector<std::string>& indices) {
    return (indices.size() == 1 ? "GPU " : "GPUs ") + join(indices, ", ");
}

} // namespace

std::optional<std::string> describe_usage(const std::vector<energy::GpuDeviceEnergy>& devices) {
    std::vector<std::string> used;
    std::vector<std::string> unused;    // but counted
    std::vector<std::string> uncounted; // but used
    for (const energy::GpuDeviceEnergy& device : devices) {
        if (!device.used_by_training) {
            continue;
        }
        if (*device.used_by_training) {
            used.push_back(std::to_string(device.index));
        }
        if (device.is_counted != *device.used_by_training) {
            (device.is_counted ? unused : uncounted).push_back(std::to_string(device.index));
        }
    }
    std::vector<std::string> parts;
    if (!unused.empty()) {
        parts.push_back(fmt::format("the total includes {}, which the training never used", name_gpus(unused)));
    }
    if (!uncounted.empty()) {
        parts.push_back(fmt::format("the total does not include {}, which the training used", name_gpus(uncounted)));
    }
    if (parts.empty()) {
        return std::nullopt;
    }
    return fmt::format("{}: every GPU that the training can see is counted; set CUDA_VISIBLE_DEVICES to what it uses "
                       "({})",
                       join(parts, ", and "), name_gpus(used));
}

} // namespace mutation::sensors
