#include "mutation/energy/gpu_energy.hpp"

#include "mutation/core/text.hpp"
#include "mutation/energy/verdict.hpp"
#include "power_extremes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mutation::energy {

namespace {

/// Keeps a value that all cards have, and drops it otherwise.
template <class Value>
void keep_common(std::optional<Value>& common, const std::optional<Value>& value, bool is_first) {
    if (is_first) {
        common = value;
    } else if (common != value) {
        common.reset();
    }
}

/// By the card's own counter; nullopt if it was not read at both ends or did not move.
std::optional<Joules> counter_energy(const GpuTimeline& timeline) {
    if (!timeline.counter_start || !timeline.counter_end) {
        return std::nullopt;
    }
    const Joules moved = timeline.counter_end->energy - timeline.counter_start->energy;
    return moved > Joules(0) ? std::optional(moved) : std::nullopt;
}

GpuDeviceEnergy describe_device(const GpuTimeline& timeline) {
    GpuDeviceEnergy device;
    device.index = timeline.index;
    device.uuid = timeline.uuid;
    device.name = timeline.name;
    device.is_counted = timeline.is_counted;
    device.used_by_training = timeline.used_by_training;
    device.temperature_mean = timeline.temperature.mean();
    device.temperature_max = timeline.temperature.max();
    device.temperature_start = timeline.temperature.first();
    device.utilization_mean = timeline.utilization.mean();
    device.utilization_max = timeline.utilization.max();
    device.clock_start_mhz = timeline.clock_mhz.first();
    device.clock_end_mhz = timeline.clock_mhz.last();
    device.throttle_reasons = timeline.throttle_reasons;
    device.counter_energy = counter_energy(timeline);
    device.power_field = timeline.field.name;
    device.sensor_averaging = timeline.field.sensor.averaging;
    return device;
}

/// Mean over the devices that have the value, and the largest of any.
template <class Unit>
class Overall {
public:
    void add(const std::optional<Unit>& mean, const std::optional<Unit>& max) {
        if (mean && max) {
            sum_ += *mean;
            ++count_;
            max_ = std::max(max_.value_or(*max), *max);
        }
    }
    [[nodiscard]] std::optional<Unit> mean() const { return count_ > 0 ? std::optional(sum_ / count_) : std::nullopt; }
    [[nodiscard]] const std::optional<Unit>& max() const { return max_; }

private:
    Unit sum_{0};
    std::optional<Unit> max_;
    int count_ = 0;
};

class GpuIntegral {
public:
    GpuIntegral(const GpuTimelines& timelines, const Window& window) : timelines_(timelines), window_(window) {}

    GpuEnergy run() {
        for (const GpuTimeline& timeline : timelines_.gpus) {
            add_device(timeline);
        }
        fill_total();
        return std::move(energy_);
    }

private:
    void add_device(const GpuTimeline& timeline) {
        GpuDeviceEnergy device = describe_device(timeline);
        PowerSensor sensor = timeline.field.sensor;
        const auto integral = integrate_power(timeline.power, window_, sensor);
        if (integral) {
            device.sensor_averaging = sensor.averaging = integral->averaging;
        }
        if (integral && integral->samples > 0 && integral->coverage >= kLeastCoverage) {
            device.energy = integral->energy;
            device.uncertainty = integral->uncertainty;
            device.power_mean = integral->mean;
            const PowerExtremes extremes =
                extremes_of_sum({timeline.power}, window_, sensor_delay(sensor), integral->mean);
            device.power_max = extremes.max;
            device.power_min = extremes.min;
        }
        if (device.is_counted) {
            describe_sensor(timeline.field, sensor);
            describe_readings(timeline);
            count(timeline, integral);
        }
        energy_.devices.push_back(std::move(device));
    }

    /// `sensor`: the field's, as its readings turned out to be.
    void describe_sensor(const PowerField& field, const PowerSensor& sensor) {
        EnergyQuality& quality = energy_.quality;
        const bool is_first = counted_ == 0;
        keep_common(quality.power_field, std::optional(field.name), is_first);
        keep_common(quality.sensor_averaging, std::optional(sensor.averaging), is_first);
        keep_common(quality.sensor_accuracy, field.accuracy, is_first);
        keep_common(quality.sensor_accuracy_source, std::optional(field.accuracy_source), is_first);
        delay_ = std::max(delay_, sensor_delay(sensor));
    }

    void describe_readings(const GpuTimeline& timeline) {
        if (timeline.missing_power) {
            missing_power_.push_back(*timeline.missing_power);
        } else if (timeline.left_out) {
            left_out_.push_back(*timeline.left_out);
        }
    }

    void count(const GpuTimeline& timeline, const std::optional<PowerIntegral>& integral) {
        EnergyQuality& quality = energy_.quality;
        ++counted_;
        if (!integral || integral->samples == 0) { // a bridge between readings outside is no measurement
            quality.coverage = Percent(0);
            quality.longest_gap = window_.length();
            is_without_sample_ = is_without_sample_ || integral.has_value();
            return;
        }
        quality.samples += integral->samples;
        quality.coverage = std::min(quality.coverage.value_or(integral->coverage), integral->coverage);
        quality.longest_gap = std::max(quality.longest_gap.value_or(integral->longest_gap), integral->longest_gap);
        total_ += integral->energy;
        uncertainty_ += integral->uncertainty;
        tracks_.push_back(timeline.power);
    }

    void fill_total() {
        EnergyQuality& quality = energy_.quality;
        if (counted_ == 0) {
            quality.reason = timelines_.visibility_remark.value_or("the training sees no GPU");
            return;
        }
        quality.method = timelines_.method;
        const bool is_seen = tracks_.size() == counted_ && quality.coverage >= kLeastCoverage;
        if (is_seen) {
            energy_.energy = total_;
            quality.uncertainty = uncertainty_;
            energy_.power_mean = total_ / window_.length();
            const PowerExtremes extremes = extremes_of_sum(tracks_, window_, delay_, *energy_.power_mean);
            energy_.power_max = extremes.max;
            energy_.power_min = extremes.min;
        }
        fill_means(); // a card that reports no power may still report the rest
        fill_counters();
        quality.verdict = judge_energy(energy_.energy, quality);
        explain(is_seen);
    }

    void fill_means() {
        Overall<Celsius> temperature;
        Overall<Percent> utilization;
        for (const GpuDeviceEnergy& device : energy_.devices) {
            if (device.is_counted) {
                temperature.add(device.temperature_mean, device.temperature_max);
                utilization.add(device.utilization_mean, device.utilization_max);
            }
        }
        energy_.temperature_mean = temperature.mean();
        energy_.temperature_max = temperature.max();
        energy_.utilization_mean = utilization.mean();
        energy_.utilization_max = utilization.max();
    }

    /// The sum of the counters of all counted GPUs, or none.
    void fill_counters() {
        Joules sum(0);
        for (const GpuDeviceEnergy& device : energy_.devices) {
            if (device.is_counted && !device.counter_energy) {
                return;
            }
            sum += device.is_counted ? *device.counter_energy : Joules(0);
        }
        energy_.quality.counter_energy = sum;
        if (energy_.energy) {
            energy_.quality.counter_deviation = Percent(100 * ((*energy_.energy - sum) / sum));
        }
    }

    void explain(bool is_seen) {
        std::optional<std::string>& reason = energy_.quality.reason;
        reason = is_seen ? timelines_.visibility_remark : describe_absence();
        if (!reason) {
            reason = describe_weakness(energy_.energy, energy_.quality);
        }
        if (timelines_.stream_remark) {
            reason = (reason ? *reason + ": " : "") + *timelines_.stream_remark;
        }
        for (const std::string& left_out : left_out_) {
            add_reason(energy_.quality, left_out);
        }
    }

    [[nodiscard]] std::string describe_absence() const {
        if (is_without_sample_) {
            return fmt::format("no sample fell into the training, which took {:.2f} s, with sample_interval_ms {:.0f}: "
                               "train for longer or sample more often; if neither helps, ask `mutation doctor` "
                               "what {} delivers",
                               window_.length().count(), timelines_.sample_interval.count() * 1000, timelines_.source);
        }
        if (tracks_.size() == counted_) {
            return "less than half of the training was sampled";
        }
        const std::string no_power = timelines_.source + " reported no power";
        return missing_power_.empty() ? no_power : no_power + ": " + join(missing_power_, "; ");
    }

    const GpuTimelines& timelines_;
    const Window& window_;
    GpuEnergy energy_;
    Joules total_{0};
    Joules uncertainty_{0};
    std::size_t counted_ = 0;
    bool is_without_sample_ = false;               ///< a counted card reported its power only before or after
    std::vector<std::string> missing_power_;       ///< why counted cards have no power at all
    std::vector<std::string> left_out_;            ///< readings of counted cards that are none
    Seconds delay_{0};                             ///< longest of the counted cards' sensors
    std::vector<std::vector<PowerSample>> tracks_; ///< of the counted cards that were sampled
};

} // namespace

GpuEnergy integrate_gpus(const GpuTimelines& timelines, const Window& window) {
    return GpuIntegral(timelines, window).run();
}

std::optional<Celsius> start_temperature(const GpuTimelines& timelines) {
    std::optional<Celsius> hottest;
    for (const GpuTimeline& timeline : timelines.gpus) {
        hottest = timeline.is_counted ? std::max(hottest, timeline.temperature_before) : hottest;
    }
    return hottest;
}

} // namespace mutation::energy
