#include "catch.hpp"

#include "accuracy/random.hpp"
#include "accuracy/sampled_power.hpp"
#include "accuracy/true_power.hpp"

#include <vector>

using namespace mutation;
using namespace mutation::accuracy;

namespace {

constexpr int kCurves = 200;
constexpr int kLeastWithin = 190;
constexpr double kMostTimesTheError = 8;
constexpr double kMostOfSmoothFigure = 0.002;

/// A sampler with its share of mishaps. Of four sensors two are instantaneous, one averages 0.1 s and one 1 s.
Sampling random_sampling(int number, Random& random) {
    Sampling sampling;
    sampling.period = (random.chance(0.15) ? 0.3 : 0.1) * random.between(1, 1.05);
    sampling.jitter = 0.04 * sampling.period;
    sampling.noise = random.between(0.2, 2);
    sampling.missing = random.chance(0.3) ? 0.05 : 0;
    sampling.doubled = random.chance(0.3) ? 0.05 : 0;
    sampling.late = random.chance(0.3) ? 0.1 : 0;
    sampling.gaps = random.chance(0.2) ? 1 : 0;
    sampling.first_at = random.chance(0.1) ? 0.3 : -2;
    if (number % 2 != 0) {
        sampling.update_interval = 0.1;
        sampling.averaging = number % 4 == 1 ? 0.1 : 1;
    }
    return sampling;
}

struct Judged {
    Shape shape = Shape::constant;
    Outcome outcome;
};

std::vector<Judged> judge_curves(std::uint64_t first_seed) {
    std::vector<Judged> judged;
    for (int i = 0; i < kCurves; ++i) {
        Random random(first_seed + static_cast<std::uint64_t>(i));
        const Shape shape = kShapes.at(static_cast<std::size_t>(i) % kShapes.size());
        const double length = random.between(5, 60);
        const TruePower power(shape, length, random);
        const Sampling sampling = random_sampling(i / static_cast<int>(kShapes.size()), random);
        judged.push_back({shape, measure_power(power, length, sampling, random)});
    }
    return judged;
}

double error_share(const Outcome& outcome) {
    return outcome.error() / outcome.truth;
}

double bound_share(const Outcome& outcome) {
    return outcome.uncertainty / outcome.energy;
}

/// How many truths lie within that part of the bound.
long count_within(const std::vector<Judged>& all, double part) {
    return std::count_if(all.begin(), all.end(), [part](const Judged& one) { return one.outcome.is_within(part); });
}

template <class Choice, class Figure>
double median_over(const std::vector<Judged>& all, Choice&& is_chosen, Figure&& figure) {
    std::vector<double> figures;
    for (const Judged& one : all) {
        if (is_chosen(one)) {
            figures.push_back(figure(one.outcome));
        }
    }
    return median_of(figures);
}

} // namespace

TEST_CASE("the true energy is within the bound, and the bound is not too wide") {
    std::vector<Judged> all;
    for (const std::uint64_t first_seed : {1000U, 2000U, 3000U, 4000U, 5000U, 6000U, 7000U, 8000U, 9000U, 10000U}) {
        const std::vector<Judged> judged = judge_curves(first_seed);
        CAPTURE(first_seed);
        CHECK(count_within(judged, 1) >= kLeastWithin);
        all.insert(all.end(), judged.begin(), judged.end());
    }
    const auto is_restless = [](const Judged& one) { return !is_smooth(one.shape); };
    const auto is_calm = [](const Judged& one) { return is_smooth(one.shape); };
    CHECK(median_over(all, is_restless, bound_share) < kMostTimesTheError * median_over(all, is_restless, error_share));
    CHECK(median_over(all, is_calm, bound_share) < kMostOfSmoothFigure);
}

TEST_CASE("half of the bound would not be enough") {
    const std::vector<Judged> all = judge_curves(1000);
    CHECK(count_within(all, 0.5) < kLeastWithin);
}

TEST_CASE("a sensor that does not average as expected is detected or within the bound") {
    Sampling momentary;
    for (const Shape shape : kShapes) {
        int within = 0;
        for (std::uint64_t seed = 0; seed < kCurves; ++seed) {
            Random random(70000 + seed);
            const double length = random.between(5, 60);
            const TruePower power(shape, length, random);
            momentary.update_interval = random.chance(0.5) ? 0.1 : 0;
            energy::PowerSensor sensor;
            sensor.averaging = Seconds(1);
            sensor.update_interval = Seconds(0.1);
            sensor.averaging_doubt = 0.3;
            within += measure_power(power, length, momentary, sensor, random).is_within() ? 1 : 0;
        }
        CAPTURE(shape_name(shape));
        CHECK(within >= kLeastWithin);
    }
}

TEST_CASE(
    "the bound holds on smooth curves if the card's lag is not its family's, and does not grow on a steady load") {
    struct Lag {
        double averaging;
        double update;
    };
    for (const Lag& table : {Lag{0.01, 0.02}, {0.1, 0.1}, {0.025, 0.1}, {1, 0.1}}) {
        for (const Lag& real : {table, Lag{0, 0}, {0.1, 0.1}, {1, 0.1}}) {
            for (const Shape shape : {Shape::constant, Shape::ramp}) {
                int within = 0;
                std::vector<double> growth;
                for (std::uint64_t seed = 0; seed < kCurves; ++seed) {
                    Random random(80000 + seed);
                    const double length = random.between(5, 60);
                    const TruePower power(shape, length, random);
                    Sampling sampling;
                    sampling.averaging = real.averaging;
                    sampling.update_interval = real.update;
                    sampling.after = table.averaging + table.update + 0.5; // as long as the tool goes on sampling
                    energy::PowerSensor sensor;
                    sensor.averaging = Seconds(table.averaging);
                    sensor.update_interval = Seconds(table.update);
                    Random again = random;
                    const Outcome certain = measure_power(power, length, sampling, sensor, again);
                    sensor.longest_averaging = Seconds(1);
                    const Outcome outcome = measure_power(power, length, sampling, sensor, random);
                    within += outcome.is_within() ? 1 : 0;
                    growth.push_back(outcome.uncertainty / certain.uncertainty);
                }
                CAPTURE(shape_name(shape), table.averaging, real.averaging, real.update);
                const bool is_far_off = table.averaging < 0.02 && real.averaging > 0.5; // 35 times the table's lag
                CHECK(within >= (is_far_off ? kLeastWithin - 10 : kLeastWithin));
                const bool is_as_table = table.averaging == real.averaging;
                CHECK((shape != Shape::constant || !is_as_table || median_of(growth) < 1.05));
            }
        }
    }
}

TEST_CASE("each sensor has errors of at most 0.5 % on smooth curves of 20 s and 2 % on short and spiky ones") {
    Sampling plain;
    Sampling slow;
    slow.period = 0.3;
    Sampling averaging;
    averaging.averaging = 1;
    averaging.update_interval = 0.1;
    Sampling mishaps;
    mishaps.missing = mishaps.doubled = mishaps.late = 0.05;
    for (const Sampling& sampling : {plain, slow, averaging, mishaps}) {
        for (const Shape shape : kShapes) {
            for (const double length : {5.0, 20.0, 60.0}) {
                std::vector<double> errors;
                for (std::uint64_t seed = 0; seed < 15; ++seed) {
                    Random random(seed);
                    const TruePower power(shape, length, random);
                    const Outcome outcome = measure_power(power, length, sampling, random);
                    errors.push_back(outcome.error() / outcome.truth);
                }
                CAPTURE(shape_name(shape), length, sampling.period, sampling.averaging);
                const bool is_hard = length < 20 || !is_smooth(shape);
                // Spikes shorter than the interval between two samples, and steps that are half a percent of the whole
                // each, are beyond any sampler.
                const bool is_too_quick = sampling.period > 0.15 && (shape == Shape::spiky || length < 20);
                CHECK((is_too_quick || median_of(errors) < (is_hard ? 0.02 : 0.005)));
            }
        }
    }
}
