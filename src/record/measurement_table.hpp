#pragma once

#include "object_table.hpp"

namespace mutation::record {

/// v3.0's `energy_metrics`.
[[nodiscard]] const ObjectTable<energy::Measurement>& energy_metrics_table();
[[nodiscard]] const ObjectTable<energy::Measurement>& energy_quality_table();
[[nodiscard]] const ObjectTable<energy::NetEnergy>& energy_net_table();
[[nodiscard]] const ObjectTable<energy::Contamination>& contamination_table();
/// One of the record's `gpus`.
[[nodiscard]] const ObjectTable<energy::GpuDeviceEnergy>& gpu_table();

} // namespace mutation::record
