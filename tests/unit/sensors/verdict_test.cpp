#include "catch.hpp"

#include "mutation/energy/verdict.hpp"
#include "mutation/sensors/machine_load.hpp"
#include "mutation/sensors/sensor_watch.hpp"

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

namespace {

EnergyQuality quality_of(double coverage, double uncertainty) {
    EnergyQuality quality;
    quality.coverage = Percent(coverage);
    quality.uncertainty = Joules(uncertainty);
    return quality;
}

Verdict judge(std::optional<double> joules, double coverage, double uncertainty) {
    return judge_energy(joules ? std::optional(Joules(*joules)) : std::nullopt, quality_of(coverage, uncertainty));
}

} // namespace

TEST_CASE("the verdict depends on coverage and bound") {
    CHECK(judge(1000, 100, 10) == Verdict::good);
    CHECK(judge(1000, 100, 10.1) == Verdict::usable);
    CHECK(judge(1000, 100, 100) == Verdict::usable);
    CHECK(judge(1000, 100, 101) == Verdict::poor);
    CHECK(judge(1000, 90, 10) == Verdict::good);
    CHECK(judge(1000, 89.9, 10) == Verdict::poor);
    CHECK(judge(1000, 49.9, 10) == Verdict::absent);
    CHECK(judge(std::nullopt, 100, 10) == Verdict::absent);
    CHECK(judge_energy(Joules(1000), {}) == Verdict::absent);
}

TEST_CASE("only a poor figure has a reason") {
    CHECK(describe_weakness(Joules(1000), quality_of(62.4, 10)) == "the sensor saw only 62 % of the training");
    CHECK(describe_weakness(Joules(1000), quality_of(100, 101)) == "the bound is over 10 % of the figure");
    CHECK_FALSE(describe_weakness(Joules(1000), quality_of(90, 10)));
    CHECK_FALSE(describe_weakness(Joules(1000), quality_of(49.9, 10)));
    CHECK_FALSE(describe_weakness(std::nullopt, {}));
}

TEST_CASE("the machine's CPU time counts guests once and waiting not") {
    const auto time =
        parse_machine_time("cpu  100 10 50 800 40 5 5 0 70 7\ncpu0 50 5 25 400 20 2 2 0 0 0\n", Seconds(0.01));
    REQUIRE(time.has_value());
    CHECK(time->busy.count() == Approx(1.7));
    CHECK(time->total.count() == Approx(10.1));
    CHECK_FALSE(parse_machine_time("", Seconds(0.01)).has_value());
    CHECK_FALSE(parse_machine_time("cpu0 50 5 25 400 20 2 2 0 0 0\n", Seconds(0.01)).has_value());
    CHECK_FALSE(parse_machine_time("cpu  100 10\n", Seconds(0.01)).has_value());
}

TEST_CASE("busy time that the training did not use belongs to others") {
    const MachineTime before{Seconds(100), Seconds(1000)};
    const MachineTime after{Seconds(130), Seconds(1080)};
    CHECK(other_cpu_share(before, after, Seconds(22))->value() == Approx(10));
    CHECK(other_cpu_share(before, after, Seconds(31))->value() == 0); // ticks are coarse
    CHECK_FALSE(other_cpu_share(before, before, Seconds(0)).has_value());
}

TEST_CASE("a sensor's update interval and resolution come from its changes") {
    std::vector<PowerSample> samples;
    for (int i = 0; i < 100; ++i) {
        const int update = i / 5; // read every 20 ms, changes every 100 ms
        samples.push_back({MonotonicTime(std::chrono::milliseconds(20 * i)), Watts(50 + (update % 2) * 0.13)});
    }
    const ObservedSensor observed = observe(samples);
    CHECK(observed.samples == 100);
    CHECK(observed.watched.count() == Approx(1.98));
    REQUIRE(observed.update.has_value());
    CHECK(observed.update->count() == Approx(0.1));
    CHECK(observed.resolution->value() == Approx(0.13));
    CHECK_FALSE(observe({samples[0], samples[1]}).update.has_value());
    CHECK_FALSE(observe({}).resolution.has_value());
}
