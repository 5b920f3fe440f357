#include "mutation/sensors/gpu_energy.hpp"

#include "mutation/core/text.hpp"
#include "mutation/energy/verdict.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace mutation::sensors {

namespace {

/// What the readings of a window come to; negative ones were not told.
struct Statistics {
    double sum = 0;
    double most = 0;
    std::size_t count = 0;
    std::optional<double> first;
    std::optional<double> last;

    void add(int reading) {
        if (reading < 0) {
            return;
        }
        first = first.value_or(reading);
        last = reading;
        most = count == 0 ? reading : std::max<double>(most, reading);
        sum += reading;
        ++count;
    }
    template <class Unit>
    [[nodiscard]] std::optional<Unit> mean() const {
        return count == 0 ? std::nullopt : std::optional(Unit(sum / static_cast<double>(count)));
    }
    template <class Unit>
    [[nodiscard]] std::optional<Unit> max() const {
        return count == 0 ? std::nullopt : std::optional(Unit(most));
    }
};

/// The power at a moment, between the samples around it.
class Curve {
public:
    explicit Curve(std::vector<energy::PowerSample> samples) : samples_(std::move(samples)) {
        std::sort(samples_.begin(), samples_.end(),
                  [](const energy::PowerSample& a, const energy::PowerSample& b) { return a.time < b.time; });
    }

    /// Moments must ascend from call to call.
    double at(MonotonicTime time) {
        while (next_ < samples_.size() && samples_[next_].time < time) {
            ++next_;
        }
        if (samples_.empty()) {
            return 0;
        }
        if (next_ == 0 || next_ == samples_.size()) {
            return samples_[next_ == 0 ? 0 : next_ - 1].power.value();
        }
        const energy::PowerSample& before = samples_[next_ - 1];
        const energy::PowerSample& after = samples_[next_];
        const double share = Seconds(time - before.time) / Seconds(after.time - before.time);
        return before.power.value() + share * (after.power - before.power).value();
    }

private:
    std::vector<energy::PowerSample> samples_;
    std::size_t next_ = 0;
};

/// By less than this a mean is no higher than a reading.
constexpr Watts kLastDigit{0.01};

struct Extremes {
    Watts max;
    Watts min;
};

/// Readings that speak of the training alone: those within the window, and of them, where there are any, those from
/// when the sensor no longer tells of the time before.
std::vector<energy::PowerSample> readings_of_training(const std::vector<energy::PowerSample>& samples,
                                                      const energy::Window& window, Seconds delay) {
    std::vector<energy::PowerSample> within;
    std::copy_if(samples.begin(), samples.end(), std::back_inserter(within), [&](const energy::PowerSample& sample) {
        return sample.time >= window.start && sample.time <= window.end;
    });
    std::vector<energy::PowerSample> pure;
    std::copy_if(within.begin(), within.end(), std::back_inserter(pure),
                 [&](const energy::PowerSample& sample) { return sample.time - window.start >= delay; });
    return pure.empty() ? within : pure;
}

/// Largest and smallest sum of the tracks, at the moments of the first one's readings that speak of the training alone.
/// Power that is `mean` on average is at least once no more, and at least once no less.
Extremes extremes_of_sum(const std::vector<std::vector<energy::PowerSample>>& tracks, const energy::Window& window,
                         Seconds delay, Watts mean) {
    std::vector<Curve> curves;
    for (const std::vector<energy::PowerSample>& track : tracks) {
        curves.emplace_back(readings_of_training(track, window, delay));
    }
    std::vector<MonotonicTime> moments;
    for (const energy::PowerSample& sample : readings_of_training(tracks.front(), window, delay)) {
        moments.push_back(sample.time);
    }
    std::sort(moments.begin(), moments.end());
    std::optional<Watts> max;
    std::optional<Watts> min;
    for (const MonotonicTime moment : moments) {
        Watts sum(0);
        for (Curve& curve : curves) {
            sum += Watts(curve.at(moment));
        }
        max = std::max(max.value_or(sum), sum);
        min = std::min(min.value_or(sum), sum);
    }
    const bool is_above = !max || mean - *max > kLastDigit;
    const bool is_below = !min || *min - mean > kLastDigit;
    return {is_above ? mean : *max, is_below ? mean : *min};
}

/// Drops what not all cards have alike.
template <class Value>
void keep_common(std::optional<Value>& common, const std::optional<Value>& value, bool is_first) {
    if (is_first) {
        common = value;
    } else if (common != value) {
        common.reset();
    }
}

class GpuIntegral {
public:
    GpuIntegral(const GpuSampler& sampler, const VisibleGpus& visible, const energy::Window& window)
        : sampler_(sampler), visible_(visible), window_(window) {}

    energy::GpuEnergy run() {
        for (std::size_t gpu = 0; gpu < sampler_.gpus().size(); ++gpu) {
            add_device(gpu);
        }
        fill_total();
        return std::move(energy_);
    }

private:
    void add_device(std::size_t gpu) {
        const GpuInfo& info = sampler_.gpus()[gpu];
        energy::GpuDeviceEnergy device;
        device.index = info.index;
        device.uuid = info.uuid;
        device.name = info.name;
        device.is_counted = visible_.is_counted[gpu];
        PowerField field = sampler_.power_fields()[gpu];
        add_readings(device, gpu);
        std::vector<energy::PowerSample> samples = sampler_.power_samples(gpu);
        const auto integral = energy::integrate_power(samples, window_, field.sensor);
        if (integral) {
            field.sensor.averaging = integral->averaging;
        }
        device.power_field = field.name;
        device.sensor_averaging = field.sensor.averaging;
        if (integral && integral->samples > 0 && integral->coverage >= energy::kLeastCoverage) {
            device.energy = integral->energy;
            device.uncertainty = integral->uncertainty;
            device.power_mean = integral->mean;
            const Extremes extremes =
                extremes_of_sum({samples}, window_, energy::sensor_delay(field.sensor), integral->mean);
            device.power_max = extremes.max;
            device.power_min = extremes.min;
        }
        if (device.is_counted) {
            describe_sensor(field);
            describe_readings(gpu, samples.empty());
            count(integral, std::move(samples));
        }
        energy_.devices.push_back(std::move(device));
    }

    void add_readings(energy::GpuDeviceEnergy& device, std::size_t gpu) {
        Statistics temperature;
        Statistics utilization;
        Statistics clock;
        for (const GpuSample& sample : sampler_.tracks()[gpu].samples) {
            const MonotonicTime time = sampler_.time_of(gpu, sample);
            if (time >= window_.start && time <= window_.end) {
                temperature.add(sample.temperature);
                utilization.add(sample.utilization);
                clock.add(sample.clock_mhz);
                device.throttle_mask |= sample.throttle_mask;
            }
        }
        device.temperature_mean = temperature.mean<Celsius>();
        device.temperature_max = temperature.max<Celsius>();
        device.temperature_start = temperature.first ? std::optional(Celsius(*temperature.first)) : std::nullopt;
        device.utilization_mean = utilization.mean<Percent>();
        device.utilization_max = utilization.max<Percent>();
        device.clock_start_mhz = clock.first;
        device.clock_end_mhz = clock.last;
    }

    void describe_sensor(const PowerField& field) {
        energy::EnergyQuality& quality = energy_.quality;
        const bool is_first = counted_ == 0;
        keep_common(quality.power_field, std::optional(field.name), is_first);
        keep_common(quality.sensor_averaging, std::optional(field.sensor.averaging), is_first);
        keep_common(quality.sensor_accuracy, field.accuracy, is_first);
        keep_common(quality.sensor_accuracy_source, std::optional(field.accuracy_source), is_first);
        delay_ = std::max(delay_, energy::sensor_delay(field.sensor));
    }

    /// What is to be said of a counted card's power.
    void describe_readings(std::size_t gpu, bool has_no_power) {
        const std::string left_out = sampler_.describe_left_out(gpu);
        const bool is_explained = sampler_.tracks()[gpu].samples.empty() && !sampler_.remark().empty();
        if (has_no_power && !is_explained) {
            silent_cards_.push_back(sampler_.describe_missing_power(gpu));
        } else if (!left_out.empty()) {
            left_out_.push_back(left_out);
        }
    }

    void count(const std::optional<energy::PowerIntegral>& integral, std::vector<energy::PowerSample> samples) {
        energy::EnergyQuality& quality = energy_.quality;
        ++counted_;
        if (!integral || integral->samples == 0) { // a bridge from outside is no measurement
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
        ++integrated_;
        tracks_.push_back(std::move(samples));
    }

    void fill_total() {
        energy::EnergyQuality& quality = energy_.quality;
        if (counted_ == 0) {
            quality.reason = visible_.remark.empty() ? "the training sees no GPU" : visible_.remark;
            return;
        }
        quality.method = "nvidia_smi";
        const bool is_seen = integrated_ == counted_ && quality.coverage >= energy::kLeastCoverage;
        if (is_seen) {
            energy_.energy = total_;
            quality.uncertainty = uncertainty_;
            energy_.power_mean = total_ / window_.length();
            const Extremes extremes = extremes_of_sum(tracks_, window_, delay_, *energy_.power_mean);
            energy_.power_max = extremes.max;
            energy_.power_min = extremes.min;
        }
        fill_means(); // a card that tells no power may still tell the rest
        quality.verdict = energy::judge_energy(energy_.energy, quality);
        explain(is_seen);
    }

    void fill_means() {
        Percent utilization(0);
        Celsius temperature(0);
        int temperatures = 0;
        int utilizations = 0;
        for (const energy::GpuDeviceEnergy& device : energy_.devices) {
            if (device.is_counted && device.temperature_mean) {
                temperature += *device.temperature_mean;
                ++temperatures;
                energy_.temperature_max =
                    std::max(energy_.temperature_max.value_or(*device.temperature_max), *device.temperature_max);
            }
            if (device.is_counted && device.utilization_mean) {
                utilization += *device.utilization_mean;
                ++utilizations;
                energy_.utilization_max =
                    std::max(energy_.utilization_max.value_or(*device.utilization_max), *device.utilization_max);
            }
        }
        if (temperatures > 0) {
            energy_.temperature_mean = temperature / temperatures;
        }
        if (utilizations > 0) {
            energy_.utilization_mean = utilization / utilizations;
        }
    }

    void explain(bool is_seen) {
        std::string reason = visible_.remark;
        const std::string trouble = sampler_.remark();
        if (!is_seen) {
            reason = describe_absence();
        }
        if (reason.empty()) {
            reason = energy::describe_weakness(energy_.energy, energy_.quality);
        }
        if (!trouble.empty()) {
            reason += (reason.empty() ? "" : ": ") + trouble;
        }
        if (!left_out_.empty()) {
            reason += (reason.empty() ? "" : "; ") + join(left_out_, "; ");
        }
        if (!reason.empty()) {
            energy_.quality.reason = reason;
        }
    }

    [[nodiscard]] std::string describe_absence() const {
        if (is_without_sample_) {
            return fmt::format("no sample fell into the training, which took {:.2f} s, with sample_interval_ms {:.0f}: "
                               "train for longer or sample more often; where neither helps, ask `mutation doctor` "
                               "what nvidia-smi delivers",
                               window_.length().count(), sampler_.interval().count() * 1000);
        }
        if (integrated_ == counted_) {
            return "less than half of the training was sampled";
        }
        return silent_cards_.empty() ? "nvidia-smi told no power"
                                     : "nvidia-smi told no power: " + join(silent_cards_, "; ");
    }

    const GpuSampler& sampler_;
    const VisibleGpus& visible_;
    const energy::Window& window_;
    energy::GpuEnergy energy_;
    Joules total_{0};
    Joules uncertainty_{0};
    std::size_t counted_ = 0;
    std::size_t integrated_ = 0;
    bool is_without_sample_ = false;        ///< a counted card that told its power only before or after
    std::vector<std::string> silent_cards_; ///< why counted cards have no power at all
    std::vector<std::string> left_out_;     ///< readings of counted cards that are none
    Seconds delay_{0};                      ///< longest of the counted cards' sensors
    std::vector<std::vector<energy::PowerSample>> tracks_;
};

} // namespace

energy::GpuEnergy integrate_gpus(const GpuSampler& sampler, const VisibleGpus& visible, const energy::Window& window) {
    return GpuIntegral(sampler, visible, window).run();
}

} // namespace mutation::sensors
