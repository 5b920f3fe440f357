#include "mutation/sensors/visible_gpus.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace mutation::sensors {

namespace {

/// The GPU whose UUID begins so, if just one does.
std::optional<std::size_t> find_by_uuid(const std::vector<GpuInfo>& gpus, std::string_view beginning) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        if (std::string_view(gpus[i].uuid).starts_with(beginning)) {
            if (found) {
                return std::nullopt;
            }
            found = i;
        }
    }
    return found;
}

/// `MIG-GPU-<uuid>/3/0` names its GPU; for the newer `MIG-<uuid>` the GPU is one that lists it, or the only one that is
/// split.
std::optional<std::size_t> find_by_mig(const std::vector<GpuInfo>& gpus, std::string_view entry) {
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        const auto& instances = gpus[i].mig_uuids;
        if (std::any_of(instances.begin(), instances.end(),
                        [&](const std::string& instance) { return std::string_view(instance).starts_with(entry); })) {
            return i;
        }
    }
    entry.remove_prefix(4);
    if (entry.starts_with("GPU-")) {
        return find_by_uuid(gpus, entry.substr(0, entry.find('/')));
    }
    std::optional<std::size_t> only;
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        if (gpus[i].mig_mode == "Enabled") {
            if (only) {
                return std::nullopt;
            }
            only = i;
        }
    }
    return only;
}

std::optional<std::size_t> resolve(const std::vector<GpuInfo>& gpus, std::string_view entry) {
    if (entry.starts_with("MIG-")) {
        return find_by_mig(gpus, entry);
    }
    if (entry.starts_with("GPU-")) {
        return find_by_uuid(gpus, entry);
    }
    const std::optional<std::int64_t> number = parse_integer(entry);
    if (!number || *number < 0 || *number >= static_cast<std::int64_t>(gpus.size())) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(*number);
}

bool are_alike(const std::vector<GpuInfo>& gpus) {
    return std::all_of(gpus.begin(), gpus.end(), [&](const GpuInfo& gpu) { return gpu.name == gpus.front().name; });
}

} // namespace

VisibleGpus select_visible(const std::vector<GpuInfo>& gpus, const std::optional<std::string>& cuda_visible_devices,
                           const std::optional<std::string>& cuda_device_order) {
    VisibleGpus visible{std::vector<bool>(gpus.size(), !cuda_visible_devices.has_value()), std::nullopt};
    if (!cuda_visible_devices) {
        return visible;
    }
    std::size_t count = 0;
    std::set<std::size_t> by_index;
    for (const std::string_view part : split(*cuda_visible_devices, ',')) {
        const std::string_view entry = trim(part);
        const std::optional<std::size_t> index = resolve(gpus, entry);
        if (!index) {
            if (entry.starts_with("MIG-")) {
                visible.remark = fmt::format("the GPU of MIG instance {} was not found", entry);
            }
            break; // CUDA sees nothing behind an entry that it does not know
        }
        if (entry.starts_with("MIG-")) {
            visible.remark = "the figure is for the whole GPU, but the training uses only one MIG instance of it";
        }
        if (parse_integer(entry)) {
            by_index.insert(*index);
        }
        visible.is_counted[*index] = true;
        ++count;
    }
    const bool may_be_others = cuda_device_order != "PCI_BUS_ID" && !are_alike(gpus);
    if (may_be_others && !by_index.empty() && by_index.size() < gpus.size()) {
        visible.is_counted.assign(gpus.size(), false);
        visible.remark = fmt::format("CUDA_DEVICE_ORDER is not PCI_BUS_ID, so it is not clear which of these different "
                                     "cards CUDA_VISIBLE_DEVICES \"{}\" means; use UUIDs, or set "
                                     "CUDA_DEVICE_ORDER=PCI_BUS_ID",
                                     *cuda_visible_devices);
        return visible;
    }
    if (count == 0 && !visible.remark) {
        visible.remark = fmt::format("CUDA_VISIBLE_DEVICES is \"{}\": the training sees no GPU", *cuda_visible_devices);
    }
    return visible;
}

} // namespace mutation::sensors
