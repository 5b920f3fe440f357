#pragma once

#include "mutation/core/json.hpp"
#include "mutation/report/report.hpp"

#include <map>
#include <optional>

namespace mutation::report {

/// The places of runs in their group's `run_table`.
using RunRows = std::map<RunKey, std::size_t>;

/// null for none and for what is not finite.
[[nodiscard]] Json number_to_json(std::optional<double> value);
/// `[low, high]`, or null.
[[nodiscard]] Json interval_to_json(const std::optional<stats::Interval>& interval);
/// null, or the value itself.
template <class Value>
[[nodiscard]] Json optional_to_json(const std::optional<Value>& value) {
    return value ? Json(*value) : Json(nullptr);
}
[[nodiscard]] Json key_to_json(const RunKey& key);

/// The members `effects`, `fits`, ... `drift`.
[[nodiscard]] Json analyses_to_json(const Analyses& analyses, const RunRows& rows);
/// null, or the ratio with its interval.
[[nodiscard]] Json background_effect_to_json(const std::optional<BackgroundEffect>& effect);

} // namespace mutation::report
