#pragma once

#include "mutation/core/json.hpp"
#include "mutation/measure/energy.hpp"

#include <cmath>
#include <optional>

namespace mutation::record {

/// A figure, or null: what is absent or no number is never 0.
inline Json number_or_null(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}
template <class Tag>
Json number_or_null(const std::optional<Quantity<Tag>>& value) {
    return value ? number_or_null(value->value()) : Json(nullptr);
}
inline Json number_or_null(const std::optional<double>& value) {
    return value ? number_or_null(*value) : Json(nullptr);
}
inline Json number_or_null(const std::optional<Seconds>& value) {
    return value ? number_or_null(value->count()) : Json(nullptr);
}
template <class Value>
Json value_or_null(const std::optional<Value>& value) {
    return value ? Json(*value) : Json(nullptr);
}

/// v3.0's `energy_metrics`.
[[nodiscard]] Json energy_metrics_to_json(const measure::Measurement& measurement);
[[nodiscard]] Json energy_quality_to_json(const measure::Measurement& measurement);
[[nodiscard]] Json energy_net_to_json(const measure::Measurement& measurement);
[[nodiscard]] Json contamination_to_json(const measure::Contamination& contamination);
[[nodiscard]] Json gpus_to_json(const measure::GpuEnergy& gpu);

} // namespace mutation::record
