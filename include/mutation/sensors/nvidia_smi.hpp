#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/integrate_power.hpp"
#include "mutation/sensors/gpu_info.hpp"
#include "mutation/sensors/gpu_processes.hpp"
#include "mutation/sensors/patience.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::sensors {

/// The machine's GPUs, or why there are none to be seen.
struct GpuInventory {
    std::vector<GpuInfo> gpus;
    std::string reason; ///< why there are none
    std::string remark; ///< what nvidia-smi printed beside its rows, and its status; empty if all was well
};

/// The field that a card's power is read from, and what is known of it.
struct PowerField {
    std::string name = "power.draw";
    energy::PowerSensor sensor;
    std::optional<Percent> accuracy; ///< of the card's gain, where somebody measured it
    std::string accuracy_source;
    bool works = true;  ///< whether it, or any other field, showed a power when it was tried
    std::string remark; ///< the fields that showed no power when they were tried, with what they showed
};

/// The cell of a CSV line as a number; nothing for `[N/A]`, `N/A`, `[Not Supported]`, `[Unknown Error]`, `ERR!`, empty,
/// garbage.
[[nodiscard]] std::optional<double> parse_gpu_number(std::string_view cell);

/// `2026/01/07 12:06:42.519` as seconds, good for differences alone: the zone is not told.
[[nodiscard]] std::optional<double> parse_gpu_stamp(std::string_view cell);

/// The cells of a CSV line without the blanks around them.
[[nodiscard]] std::vector<std::string_view> split_cells(std::string_view line);

/// A reading of power: nullopt for what is no number, for 0 W, which no card draws, and for more than twice the card's
/// limit, or 5 kW if it names none.
[[nodiscard]] std::optional<Watts> parse_gpu_power(std::string_view cell, const std::optional<Watts>& limit);

/// The best field for a card, by its family (see docs/MEASUREMENT.md), of those that are offered.
[[nodiscard]] PowerField choose_power_field(std::string_view card, const std::vector<std::string>& offered);

/// Gives each GPU the UUIDs of its MIG instances, from what `nvidia-smi -L` prints.
void add_mig_instances(std::string_view list, std::vector<GpuInfo>& gpus);

/// The machine's GPUs; fields that an old nvidia-smi does not know are left out.
[[nodiscard]] GpuInventory query_gpus(const std::filesystem::path& nvidia_smi, const Patience& patience = {});

/// What a sampler asks nvidia-smi for.
struct SampledFields {
    std::vector<std::string> fields;      ///< those that this nvidia-smi knows
    std::vector<PowerField> power_fields; ///< each GPU's
};

/// Which of the `wanted` fields this nvidia-smi knows, in their order: `power.draw` and the like differ between
/// drivers. For each GPU the best power field that shows a power now; if none does, the best that is known.
[[nodiscard]] SampledFields choose_fields(const std::filesystem::path& nvidia_smi, const std::vector<GpuInfo>& gpus,
                                          std::vector<std::string> wanted, const Patience& patience = {});

/// The processes that compute on the GPUs now; none if nvidia-smi does not answer. Waits at most 4 s.
[[nodiscard]] std::vector<GpuProcess> query_gpu_processes(const std::filesystem::path& nvidia_smi,
                                                          const Patience& patience = {});

/// Names of the reasons in a throttle mask (`0x0000000000000004`) that slow a card down: power and heat; idle and
/// clock settings are not among them.
[[nodiscard]] std::vector<std::string> throttle_reasons(std::uint64_t mask);

} // namespace mutation::sensors
