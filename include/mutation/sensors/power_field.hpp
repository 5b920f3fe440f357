#pragma once

#include "mutation/energy/gpu_timeline.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mutation::sensors {

/// The best field for a card, by its family (see docs/MEASUREMENT.md), of those that are offered. Pure.
[[nodiscard]] energy::PowerField choose_power_field(std::string_view card, const std::vector<std::string>& offered);

} // namespace mutation::sensors
