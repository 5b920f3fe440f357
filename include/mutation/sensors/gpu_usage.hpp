#pragma once

#include "mutation/energy/energy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mutation::sensors {

/// A remark if a card was counted although the training never computed on it, or the other way round; none if all is as
/// it should be, or nothing is known. The cards that are counted stay those that the training can see.
[[nodiscard]] std::optional<std::string> describe_usage(const std::vector<energy::GpuDeviceEnergy>& devices);

} // namespace mutation::sensors
