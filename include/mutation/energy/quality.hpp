#pragma once

#include "mutation/core/units.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mutation::energy {

/// How far a figure can be trusted; docs/MEASUREMENT.md has the rule.
enum class Verdict { good, usable, poor, absent };

[[nodiscard]] std::string_view verdict_name(Verdict verdict);

/// What is known about an energy figure.
struct EnergyQuality {
    std::optional<std::string> method; ///< `perf_rapl`, `powercap`, `nvidia_smi`; nullopt: there was no sensor
    std::optional<std::string>
        reason; ///< why something is absent or poor, with the remedy, or what happened to the sensor
    std::vector<std::string> events;        ///< CPU only: what was counted
    std::optional<std::string> power_field; ///< GPU only: which field of the sensor was read; nullopt: cards differ
    std::optional<Seconds>
        sensor_averaging; ///< GPU only: the time over which that field averages; nullopt: cards differ
    std::size_t samples = 0;
    std::optional<Percent> coverage;
    std::optional<Seconds> longest_gap;
    std::optional<Joules> uncertainty; ///< bounds the error of sampling, not that of the sensor's calibration
    Verdict verdict = Verdict::absent;
    std::optional<Percent> sensor_accuracy;
    std::optional<std::string> sensor_accuracy_source;
    std::optional<Joules> counter_energy;     ///< GPU only: by the sensor's own energy counter
    std::optional<Percent> counter_deviation; ///< of our figure from the counter's
};

/// Adds to the reason that is there already.
void add_reason(EnergyQuality& quality, const std::string& reason);

/// The length of time over which energy is counted: the training's own lifetime.
struct Window {
    MonotonicTime start;
    MonotonicTime end;

    [[nodiscard]] Seconds length() const { return end - start; }
};

} // namespace mutation::energy
