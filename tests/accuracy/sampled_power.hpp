#pragma once

#include "accuracy/random.hpp"
#include "accuracy/true_power.hpp"
#include "mutation/energy/integrate_power.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace mutation::accuracy {

/// How a sensor and the sampler that reads it behave.
struct Sampling {
    double period = 0.1;   ///< seconds between readings
    double jitter = 0.004; ///< deviation of one spacing
    double averaging = 0;
    double update_interval = 0;
    double seen_share = 1;
    double noise = 1;     ///< watts
    double missing = 0;   ///< share of readings lost
    double doubled = 0;   ///< share of readings delivered twice
    double late = 0;      ///< share of readings delivered out of order
    int gaps = 0;         ///< of 1.2 to 3 s
    double first_at = -2; ///< seconds from the training's start
    double after = 2;     ///< seconds that sampling goes on
};

[[nodiscard]] inline MonotonicTime moment(double seconds) {
    // An arbitrary start of the training; a late one shows that nothing depends on small numbers.
    return MonotonicTime(std::chrono::nanoseconds(std::llround((seconds + 100000) * 1e9)));
}

[[nodiscard]] inline energy::PowerSensor sensor_of(const Sampling& sampling) {
    energy::PowerSensor sensor;
    sensor.averaging = Seconds(sampling.averaging);
    sensor.update_interval = Seconds(sampling.update_interval);
    sensor.seen_share = sampling.seen_share;
    return sensor;
}

/// What the sensor shows at a time: the mean over its averaging time before its latest update.
[[nodiscard]] inline double shown_watts(const TruePower& power, const Sampling& sampling, double update_phase,
                                        double time) {
    const double interval = sampling.update_interval;
    const double updated = interval > 0 ? (std::floor(time / interval - update_phase) + update_phase) * interval : time;
    return sampling.averaging > 0 ? power.joules(updated - sampling.averaging, updated) / sampling.averaging
                                  : power.watts(updated);
}

/// The readings of one training of `length` seconds.
[[nodiscard]] inline std::vector<energy::PowerSample> sample_power(const TruePower& power, double length,
                                                                   const Sampling& sampling, Random& random) {
    std::vector<std::pair<double, double>> gaps;
    for (int i = 0; i < sampling.gaps; ++i) {
        const double from = random.between(0, length);
        gaps.emplace_back(from, from + random.between(1.2, 3));
    }
    const double update_phase = random.between(0, 1);
    std::vector<energy::PowerSample> samples;
    double time = sampling.first_at + random.between(0, sampling.period);
    for (; time < length + sampling.after; time += sampling.period + sampling.jitter * random.normal()) {
        const double shown = shown_watts(power, sampling, update_phase, time) + sampling.noise * random.normal();
        const energy::PowerSample sample{moment(std::round(time * 1000) / 1000),
                                         Watts(std::round(std::max(0.0, shown) * 100) / 100)};
        bool is_lost = random.chance(sampling.missing);
        for (const auto& [from, to] : gaps) {
            is_lost = is_lost || (time >= from && time < to);
        }
        if (is_lost) {
            continue;
        }
        samples.push_back(sample);
        if (random.chance(sampling.doubled)) {
            samples.push_back(sample);
        }
        if (samples.size() >= 2 && random.chance(sampling.late)) {
            std::swap(samples.back(), samples[samples.size() - 2]);
        }
    }
    return samples;
}

/// What one integration came to, beside the truth.
struct Outcome {
    double truth = 0; ///< joules
    double energy = 0;
    double uncertainty = 0;
    double coverage = 0; ///< percent

    [[nodiscard]] double error() const { return std::abs(energy - truth); }
    [[nodiscard]] bool is_within(double part = 1) const { return error() <= part * uncertainty; }
};

/// `sensor`: what is assumed about the sampling.
[[nodiscard]] inline Outcome measure_power(const TruePower& power, double length, const Sampling& sampling,
                                           const energy::PowerSensor& sensor, Random& random) {
    const auto samples = sample_power(power, length, sampling, random);
    const auto integral = energy::integrate_power(samples, energy::Window{moment(0), moment(length)}, sensor);
    if (!integral) {
        return {power.joules(0, length), 0, 0, 0};
    }
    return {power.joules(0, length), integral->energy.value(), integral->uncertainty.value(),
            integral->coverage.value()};
}

[[nodiscard]] inline Outcome measure_power(const TruePower& power, double length, const Sampling& sampling,
                                           Random& random) {
    return measure_power(power, length, sampling, sensor_of(sampling), random);
}

[[nodiscard]] inline double median_of(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace mutation::accuracy
