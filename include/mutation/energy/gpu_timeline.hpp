#pragma once

#include "mutation/core/units.hpp"
#include "mutation/energy/integrate_power.hpp"
#include "mutation/energy/reading_summary.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mutation::energy {

/// The field of a power sensor that is read, and what is known of it.
struct PowerField {
    std::string name; ///< the vendor's: `power.draw`
    PowerSensor sensor;
    std::optional<Percent> accuracy; ///< of the card's gain, if it was measured for such a card
    std::string accuracy_source;
};

/// A GPU's energy counter at a moment.
struct CounterReading {
    MonotonicTime time;
    Joules energy; ///< since some moment in the past
};

/// What a source measured on one GPU around one window (a training's lifetime).
struct GpuTimeline {
    int index = 0;
    std::string uuid;
    std::string name;
    bool is_counted = false; ///< whether the training can see it
    PowerField field;

    std::vector<PowerSample> power;           ///< in the window and near it on both sides; any order
    std::size_t readings = 0;                 ///< of any quantity, near the window: power may be missing in all of them
    std::optional<std::string> left_out;      ///< which readings were impossible (0 W), if any; names the GPU
    std::optional<std::string> missing_power; ///< why `power` is empty, if it is; names the GPU

    /// Within the window.
    ReadingSummary<Celsius> temperature;
    ReadingSummary<Percent> utilization;
    ReadingSummary<double> clock_mhz;
    std::vector<std::string> throttle_reasons; ///< what slowed it down; the vendor's names
    std::optional<Celsius> temperature_before; ///< the newest before the window, else the first within it

    std::optional<CounterReading> counter_start;  ///< at the window's start ...
    std::optional<CounterReading> counter_end;    ///< ... and at its end
    std::optional<bool> used_by_training;         ///< see GpuDeviceEnergy
    std::map<int, std::string> foreign_processes; ///< others' processes that computed on it: number and name
};

/// What a source measured on all GPUs around one window.
struct GpuTimelines {
    std::string method;                           ///< in records: `nvidia_smi`
    std::string source;                           ///< in messages: `nvidia-smi`
    Seconds sample_interval{0};                   ///< that was asked for
    std::vector<GpuTimeline> gpus;                ///< all of the machine's
    std::optional<std::string> visibility_remark; ///< why no GPU is counted, or which are not known apart
    std::optional<std::string> stream_remark;     ///< what went wrong while sampling: restarts, lost rows
    std::vector<std::string> remarks;             ///< what the user should know, although the figures are valid
};

} // namespace mutation::energy
