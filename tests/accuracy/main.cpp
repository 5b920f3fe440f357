// Prints, in Markdown, how close energy figures are to known truths, and re-integrates the directories of v3.0 runs
// that are given as arguments: the tables of docs/MEASUREMENT.md.

#include "accuracy/published_runs.hpp"
#include "accuracy/random.hpp"
#include "accuracy/sampled_power.hpp"
#include "accuracy/true_power.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mutation;
using namespace mutation::accuracy;

constexpr int kRuns = 100;
constexpr int kManyGpus = 8;

struct Sensor {
    std::string_view name;
    Sampling sampling;
    int gpus = 1;
};

std::vector<Sensor> sensors() {
    Sampling plain;
    Sampling slow;
    slow.period = 0.3;
    Sampling short_mean;
    short_mean.averaging = short_mean.update_interval = 0.1;
    Sampling part_time = short_mean;
    part_time.averaging = 0.025;
    part_time.seen_share = 0.25;
    Sampling long_mean = short_mean;
    long_mean.averaging = 1;
    Sampling mishaps;
    mishaps.missing = mishaps.doubled = mishaps.late = 0.05;
    Sampling gap = mishaps;
    gap.gaps = 1;
    Sampling slow_start;
    slow_start.first_at = 0.5;
    return {{"instantaneous, 100 ms", plain},
            {"instantaneous, 300 ms", slow},
            {"mean over 100 of 100 ms", short_mean},
            {"mean over 25 of 100 ms", part_time},
            {"mean over 1 s", long_mean},
            {"lost, doubled, late samples", mishaps},
            {"the same and a gap of 1.2 to 3 s", gap},
            {"first sample 0.5 s late", slow_start},
            {"8 GPUs, 100 ms", plain, kManyGpus}};
}

/// What the program assumes of a card with such a sensor: it may average for less, or for up to a second.
energy::PowerSensor assumed_sensor(const Sampling& sampling) {
    energy::PowerSensor sensor = sensor_of(sampling);
    sensor.longest_averaging = Seconds(1);
    sensor.averaging_doubt = sampling.averaging < 1 ? 0 : 0.3;
    return sensor;
}

/// All GPUs of one training: figures and bounds add up.
Outcome measure_gpus(const Sensor& sensor, Shape shape, double length, Random& random) {
    Outcome sum;
    for (int gpu = 0; gpu < sensor.gpus; ++gpu) {
        Sampling sampling = sensor.sampling;
        // An interval is the requested one plus the duration of the query.
        sampling.period *= random.between(1, 1.05);
        const TruePower power(shape, length, random);
        const Outcome one = measure_power(power, length, sampling, assumed_sensor(sampling), random);
        sum.truth += one.truth;
        sum.energy += one.energy;
        sum.uncertainty += one.uncertainty;
    }
    return sum;
}

/// `median error (worst) ± median bound, truths within`, all in percent.
std::string judge(const Sensor& sensor, Shape shape, double length) {
    std::vector<double> errors;
    std::vector<double> bounds;
    int within = 0;
    for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
        Random random(seed * 977 + static_cast<std::uint64_t>(shape) * 100003 + static_cast<std::uint64_t>(length));
        const Outcome outcome = measure_gpus(sensor, shape, length, random);
        errors.push_back(100 * outcome.error() / outcome.truth);
        bounds.push_back(100 * outcome.uncertainty / outcome.energy);
        within += outcome.error() <= outcome.uncertainty ? 1 : 0;
    }
    return fmt::format("{:.2f} ({:.1f}) ± {:.2f}, {:.0f}", median_of(errors),
                       *std::max_element(errors.begin(), errors.end()), median_of(bounds), 100.0 * within / kRuns);
}

void print_table() {
    fmt::print("| sensor | curve | 5 s | 20 s | 60 s |\n|---|---|---|---|---|\n");
    for (const Sensor& sensor : sensors()) {
        for (const Shape shape : kShapes) {
            fmt::print("| {} | {} | {} | {} | {} |\n", sensor.name, shape_name(shape), judge(sensor, shape, 5),
                       judge(sensor, shape, 20), judge(sensor, shape, 60));
        }
    }
}

struct Lag {
    std::string_view name;
    double averaging;
    double update_interval;
};

/// `± median bound, truths within`, in percent, of cards whose lag differs from the assumed one.
std::string judge_lag(const Lag& assumed, const Lag& real, Shape shape) {
    std::vector<double> bounds;
    int within = 0;
    for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
        Random random(seed * 977 + 5);
        const double length = random.between(5, 60);
        const TruePower power(shape, length, random);
        Sampling sampling;
        sampling.averaging = assumed.averaging;
        sampling.update_interval = assumed.update_interval;
        const energy::PowerSensor sensor = assumed_sensor(sampling);
        sampling.averaging = real.averaging;
        sampling.update_interval = real.update_interval;
        sampling.after = energy::sensor_delay(sensor).count() + 0.5;
        const Outcome outcome = measure_power(power, length, sampling, sensor, random);
        bounds.push_back(100 * outcome.uncertainty / outcome.energy);
        within += outcome.is_within() ? 1 : 0;
    }
    return fmt::format("± {:.2f}, {:.0f}", median_of(bounds), 100.0 * within / kRuns);
}

void print_lags() {
    const std::vector<Lag> families{{"Volta", 0.01, 0.02},
                                    {"A100", 0.025, 0.1},
                                    {"Ada, GA10x, Turing", 0.1, 0.1},
                                    {"H100, Blackwell, unknown", 1, 0.1}};
    fmt::print("\n| assumed | really | constant | ramp | sine |\n|---|---|---|---|---|\n");
    for (const Lag& assumed : families) {
        for (const Lag& real : {Lag{"as assumed", assumed.averaging, assumed.update_interval}, Lag{"no lag", 0, 0},
                                Lag{"mean over 1 s", 1, 0.1}}) {
            fmt::print("| {} | {} | {} | {} | {} |\n", assumed.name, real.name,
                       judge_lag(assumed, real, Shape::constant), judge_lag(assumed, real, Shape::ramp),
                       judge_lag(assumed, real, Shape::sine));
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    print_table();
    print_lags();
    if (argc > 1) {
        print_published_runs(std::vector<std::filesystem::path>(argv + 1, argv + argc));
    }
    return 0;
}
