#include "catch.hpp"

#include "mutation/sensors/gpu_energy.hpp"
#include "mutation/system/clock.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kQueries = 40; // 0.1 s apart
constexpr std::size_t kFirstWithin = 10;
constexpr std::size_t kLastWithin = 29;

/// What two GPUs, whose readings have a fixed distance, showed at a query.
struct Shown {
    double power = 0;
    int clock = 1000;
    int throttle = 0;
};

const std::vector<std::string> kFields{"timestamp", "uuid", "clocks.sm", "clocks_event_reasons.active"};

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
        std::string name = (fs::temp_directory_path() / "mutation-gpu-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::vector<std::string> asked = kFields;
        for (const PowerField& field : fields) {
            if (std::find(asked.begin(), asked.end(), field.name) == asked.end()) {
                asked.push_back(field.name);
            }
        }
        std::ofstream lines(folder_ / "lines");
        for (std::size_t query = 0; query < kQueries; ++query) {
            const Shown shown = show(query);
            for (const int gpu : {0, 1}) {
                lines << fmt::format("2026/01/07 12:00:{:06.3f}, GPU-{}, {}, 0x{:016x}",
                                     0.1 * static_cast<double>(query), gpu, shown.clock + gpu, shown.throttle);
                for (std::size_t i = kFields.size(); i < asked.size(); ++i) {
                    lines << ", " << shown.power + 100 * gpu;
                }
                lines << '\n';
            }
        }
        lines.close();
        std::ofstream(folder_ / "nvidia-smi") << "#!/bin/sh\ncat \"$(dirname \"$0\")/lines\"\nexec sleep 60\n";
        fs::permissions(folder_ / "nvidia-smi", fs::perms::owner_all);
        std::vector<GpuInfo> gpus(2);
        gpus[0].uuid = "GPU-0";
        gpus[1].uuid = "GPU-1";
        gpus[1].index = 1;
        sampler_.emplace(folder_ / "nvidia-smi", gpus, std::move(fields), std::move(asked), Seconds(0.1));
        sampler_->start(folder_);
        const MonotonicTime deadline = system::monotonic_now() + std::chrono::seconds(30);
        while (sampler_->tracks()[1].samples.size() < kQueries && system::monotonic_now() < deadline) {
            sampler_->wait_until_after(MonotonicTime::max(), Seconds(0.02), -1);
        }
        sampler_->stop();
        REQUIRE(sampler_->tracks()[1].samples.size() == kQueries);
    }
    TakenSamples(const TakenSamples&) = delete;
    TakenSamples& operator=(const TakenSamples&) = delete;
    ~TakenSamples() { fs::remove_all(folder_); }

    [[nodiscard]] MonotonicTime time_of(std::size_t query) const {
        return sampler_->time_of(0, sampler_->tracks()[0].samples[query]);
    }
    /// From just before the first of these queries until just after the last.
    [[nodiscard]] Window around(std::size_t first, std::size_t last) const {
        constexpr std::chrono::milliseconds kAside{30};
        return {time_of(first) - kAside, time_of(last) + kAside};
    }
    [[nodiscard]] GpuEnergy energy(const Window& window) const {
        return sensors::integrate_gpus(*sampler_, {{true, true}, ""}, window);
    }

private:
    fs::path folder_;
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
    CHECK(energy.devices[0].throttle_reasons == throttle_reasons(0x41));
    CHECK(energy.devices[0].clock_start_mhz == 1500);
    CHECK(energy.devices[0].clock_end_mhz == 1600);
    CHECK(energy.devices[1].clock_end_mhz == 1601);
}
