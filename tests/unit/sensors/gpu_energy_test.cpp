#include "catch.hpp"

#include "mutation/sensors/gpu_energy.hpp"
#include "mutation/system/clock.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

namespace {

constexpr std::size_t kQueries = 40; // 0.1 s apart
constexpr std::size_t kFirstWithin = 10;
constexpr std::size_t kLastWithin = 29;

/// What two GPUs, whose readings have a fixed distance, showed at a query.
struct Shown {
    double power = 0;
    int clock = 1000;
    int throttle = 0;
};

const std::vector<std::string> kAskedFields{"timestamp", "uuid", "clocks.sm", "clocks_event_reasons.active"};

PowerField field_of(const char* name, double averaging) {
    PowerField field;
    field.name = name;
    field.sensor.averaging = Seconds(averaging);
    return field;
}

/// A sampler that has taken what a stand-in for nvidia-smi told of 40 queries, all at once: the stamps alone tell when.
/// The second GPU shows 100 W more than the first.
class TakenSamples {
public:
    TakenSamples(const std::function<Shown(std::size_t)>& show, std::vector<PowerField> fields) {
        std::vector<std::string> asked = kAskedFields;
        for (const PowerField& field : fields) {
            if (std::find(asked.begin(), asked.end(), field.name) == asked.end()) {
                asked.push_back(field.name);
            }
        }
        std::ofstream lines(folder_.path() / "lines");
        for (std::size_t query = 0; query < kQueries; ++query) {
            const Shown shown = show(query);
            for (const int gpu : {0, 1}) {
                lines << fmt::format("2026/01/07 12:00:{:06.3f}, GPU-{}, {}, 0x{:016x}",
                                     0.1 * static_cast<double>(query), gpu, shown.clock + gpu, shown.throttle);
                for (std::size_t i = kAskedFields.size(); i < asked.size(); ++i) {
                    lines << ", " << shown.power + 100 * gpu;
                }
                lines << '\n';
            }
        }
        lines.close();
        const auto program = folder_.path() / "nvidia-smi";
        test::write_program(program, "#!/bin/sh\ncat \"$(dirname \"$0\")/lines\"\nexec sleep 60\n");
        std::vector<GpuInfo> gpus(2);
        gpus[0].uuid = "GPU-0";
        gpus[1].uuid = "GPU-1";
        gpus[1].index = 1;
        sampler_.emplace(program, gpus, std::move(fields), std::move(asked), Seconds(0.1));
        sampler_->start(folder_.path());
        const MonotonicTime deadline = system::monotonic_now() + std::chrono::seconds(30);
        while (sampler_->tracks()[1].samples.size() < kQueries && system::monotonic_now() < deadline) {
            sampler_->wait_until_after(MonotonicTime::max(), Seconds(0.02), -1);
        }
        sampler_->stop();
        REQUIRE(sampler_->tracks()[1].samples.size() == kQueries);
    }

    [[nodiscard]] MonotonicTime time_of(std::size_t query) const {
        return sampler_->time_of(0, sampler_->tracks()[0].samples[query]);
    }
    /// From just before the first of these queries until just after the last.
    [[nodiscard]] Window around(std::size_t first, std::size_t last) const {
        constexpr std::chrono::milliseconds kAside{30};
        return {time_of(first) - kAside, time_of(last) + kAside};
    }
    [[nodiscard]] GpuEnergy energy(const Window& window) const {
        return integrate_gpus(*sampler_, {{true, true}, ""}, window);
    }

private:
    test::TemporaryFolder folder_;
    std::optional<GpuSampler> sampler_;
};

std::vector<PowerField> both(const PowerField& field) {
    return {field, field};
}

bool is_within(std::size_t query) {
    return query >= kFirstWithin && query <= kLastWithin;
}

} // namespace

TEST_CASE("only what held the card back during the training counts, and its clocks are from then") {
    const TakenSamples taken(
        [](std::size_t query) {
            const int clock = query == kFirstWithin ? 1500 : query == kLastWithin ? 1600 : 300;
            return Shown{200, clock, is_within(query) ? (query == 20 ? 0x41 : 0x1) : 0x4};
        },
        both(field_of("power.draw", 0)));
    const GpuEnergy energy = taken.energy(taken.around(kFirstWithin, kLastWithin));
    CHECK(energy.devices[0].throttle_mask == 0x41);
    CHECK(energy.devices[0].clock_start_mhz == 1500);
    CHECK(energy.devices[0].clock_end_mhz == 1600);
    CHECK(energy.devices[1].clock_end_mhz == 1601);
}

TEST_CASE("the extremes of power are those of readings that speak of the training alone, and hold its mean") {
    // A mean over 0.5 s climbs from 30 to 230 W, stays, and falls again.
    const auto show = [](std::size_t query) {
        const std::size_t since = query < kFirstWithin ? 0 : query - kFirstWithin + 1;
        const std::size_t after = query > kLastWithin ? query - kLastWithin : 0;
        return Shown{30 + 40 * (std::min<double>(5, static_cast<double>(since)) -
                                std::min<double>(5, static_cast<double>(after)))};
    };
    const TakenSamples taken(show, both(field_of("power.draw", 0.5)));
    const GpuEnergy energy = taken.energy(taken.around(kFirstWithin, kLastWithin));
    CHECK(energy.devices[0].power_min->value() == Approx(230).epsilon(0.02));
    CHECK(energy.devices[0].power_max->value() == Approx(230).epsilon(0.02));
    CHECK(energy.power_min->value() == Approx(230 + 330).epsilon(0.02));
    CHECK(energy.power_max->value() == Approx(230 + 330).epsilon(0.02));

    // A training shorter than that has nothing better than the readings within it.
    const GpuEnergy shorter = taken.energy(taken.around(kFirstWithin, kFirstWithin + 2));
    CHECK(shorter.devices[1].power_min == Watts(170));
    CHECK(shorter.devices[1].power_max == std::max(Watts(250), *shorter.devices[1].power_mean));
    CHECK(shorter.power_min == Watts(70 + 170));
}

TEST_CASE("what lies outside of the training is no measurement of it") {
    const TakenSamples taken([](std::size_t) { return Shown{200}; }, both(field_of("power.draw", 0)));
    const MonotonicTime before = taken.time_of(kFirstWithin);
    const GpuEnergy energy =
        taken.energy({before + std::chrono::milliseconds(20), before + std::chrono::milliseconds(70)});
    CHECK_FALSE(energy.energy.has_value());
    CHECK_FALSE(energy.power_mean.has_value());
    CHECK_FALSE(energy.power_max.has_value());
    CHECK_FALSE(energy.devices[0].energy.has_value());
    CHECK_FALSE(energy.devices[0].power_max.has_value());
    CHECK(energy.quality.verdict == Verdict::absent);
    CHECK(energy.quality.coverage == Percent(0));
    CHECK(energy.quality.samples == 0);
    const std::string reason = energy.quality.reason.value_or("");
    CHECK(reason.find("no sample") != std::string::npos);
    CHECK(reason.find("sample_interval_ms") != std::string::npos);
}

TEST_CASE("each card reports its own power field, and the sum reports one only if all agree") {
    const auto show = [](std::size_t) { return Shown{200}; };
    const TakenSamples mixed(show, {field_of("power.draw", 1), field_of("power.draw.instant", 0.1)});
    const GpuEnergy energy = mixed.energy(mixed.around(kFirstWithin, kLastWithin));
    CHECK_FALSE(energy.quality.power_field.has_value());
    CHECK_FALSE(energy.quality.sensor_averaging.has_value());
    CHECK(energy.devices[0].power_field == "power.draw");
    CHECK(energy.devices[0].sensor_averaging == Seconds(1));
    CHECK(energy.devices[1].power_field == "power.draw.instant");
    CHECK(energy.devices[1].sensor_averaging == Seconds(0.1));

    const TakenSamples alike(show, both(field_of("power.draw", 1)));
    const GpuEnergy same = alike.energy(alike.around(kFirstWithin, kLastWithin));
    CHECK(same.quality.power_field == "power.draw");
    CHECK(same.quality.sensor_averaging == Seconds(1));
}
