#include "catch.hpp"

#include "mutation/sensors/recovery_facts.hpp"
#include "mutation/session/recover_attempt.hpp"
#include "mutation/system/file.hpp"
#include "support/temporary_folder.hpp"

#include <fmt/format.h>
#include <fstream>
#include <functional>

using namespace mutation;
using namespace mutation::session;

namespace {

namespace fs = std::filesystem;

constexpr double kStart = 5000;          ///< of the training, on the monotonic clock
constexpr double kEpoch = 1'767'756'000; ///< then

MonotonicTime at(double seconds) {
    return MonotonicTime(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

/// An experiment's folder with an attempt that a kill cut off after some seconds: 50 W of CPU, 5 W of memory, and one
/// GPU of 200 W.
class CutOff {
public:
    CutOff() {
        fs::create_directories(energy());
        facts.start = at(kStart);
        facts.wall_start = WallTime(std::chrono::seconds(static_cast<std::int64_t>(kEpoch)));
        facts.wall_lead = Seconds(kEpoch - kStart);
        facts.cpu_method = "perf_rapl";
        facts.cpu_events = {"energy-pkg", "energy-ram"};
        facts.perf_spawned = at(kStart - 0.5);
        facts.launcher_up = at(kStart - 0.48);
        facts.gpu_method = "nvidia_smi";
        facts.gpu_source = "nvidia-smi";
        facts.sample_interval = Seconds(0.1);
        energy::PowerField field;
        field.name = "power.draw";
        field.sensor.averaging = Seconds(0.1);
        field.sensor.update_interval = Seconds(0.1);
        facts.gpus.push_back({0, "GPU-0", "a card", true, field});
        facts.idle = energy::IdleLevels{Watts(20), {Watts(30)}};
    }

    [[nodiscard]] fs::path energy() const { return folder_.path() / "attempt_1/energy"; }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(energy() / name, std::ios::binary) << text;
    }
    void write_cpu(double seconds, const std::string& end = "") const {
        std::string text = "# started on Mon\n\n";
        for (double time = 1; time <= seconds + 0.5; time += 1) {
            text += fmt::format("{:.3f};50.00;Joules;power/energy-pkg/;1;100.00;;\n"
                                "{:.3f};5.00;Joules;power/energy-ram/;1;100.00;;\n",
                                time, time);
        }
        write("cpu_energy_raw.txt", text + end);
    }
    void write_gpu(double seconds, const std::string& end = "") const {
        std::string power = "timestamp,power_draw_w,gpu_index,gpu_uuid\n";
        std::string temperature = "timestamp,gpu_temp_c,memory_temp_c,gpu_index,gpu_uuid\n";
        std::string utilization = "timestamp,gpu_util_percent,memory_util_percent,gpu_index,gpu_uuid\n";
        for (double time = -0.5; time < seconds; time += 0.1) {
            power += fmt::format("{:.3f},200.00,0,GPU-0\n", kEpoch + time);
            temperature += fmt::format("{:.3f},{},N/A,0,GPU-0\n", kEpoch + time, time < -0.05 ? 40 : 60);
            utilization += fmt::format("{:.3f},90,40,0,GPU-0\n", kEpoch + time);
        }
        write("gpu_power.csv", power + end);
        write("gpu_temperature.csv", temperature);
        write("gpu_utilization.csv", utilization);
    }
    [[nodiscard]] record::AttemptRecord recovered() const {
        sensors::write_recovery_facts(facts, energy());
        return recovered_without_facts();
    }
    [[nodiscard]] record::AttemptRecord recovered_without_facts() const {
        record::AttemptRecord attempt;
        attempt.status = record::Status::interrupted;
        attempt.directory = "attempt_1";
        return recover_attempts({attempt}, folder_.path()).at(0);
    }

    sensors::RecoveryFacts facts;

private:
    test::TemporaryFolder folder_;
};

} // namespace

TEST_CASE("the energy of an attempt that a kill cut off is recovered up to the last stored reading") {
    CutOff cut;
    cut.write_cpu(20);
    cut.write_gpu(18);
    const record::AttemptRecord attempt = cut.recovered();
    CHECK(attempt.is_cut_off);
    CHECK(attempt.status == record::Status::interrupted);
    REQUIRE(attempt.duration.has_value());
    CHECK(attempt.duration->count() == Approx(17.7).margin(0.11)); // the last reading may show the time 0.2 s before
    CHECK(attempt.window->start.epoch_seconds == kEpoch);
    CHECK(attempt.window->end.epoch_seconds == Approx(kEpoch + attempt.duration->count()));
    const energy::Measurement& measured = attempt.measurement;
    CHECK(measured.cpu.total->value() == Approx(55 * attempt.duration->count()).epsilon(0.001));
    CHECK(measured.gpu.energy->value() == Approx(200 * attempt.duration->count()).epsilon(0.001));
    CHECK(measured.net.gpu->value() == Approx(170 * attempt.duration->count()).epsilon(0.001));
    CHECK(measured.gpu.temperature_mean == Celsius(60));
    CHECK(measured.gpu.utilization_mean == Percent(90));
    CHECK(measured.start_temperature == Celsius(40));
    for (const energy::EnergyQuality* quality : {&measured.cpu.quality, &measured.gpu.quality}) {
        CHECK(quality->verdict <= energy::Verdict::usable);
        CHECK(quality->reason.value_or("").find("the program was killed during this attempt") != std::string::npos);
    }
    record::ExperimentRecord record;
    record.attempts = {attempt, {}};
    CHECK(record::failed_attempts_energy(record)->value() == Approx(255 * attempt.duration->count()).epsilon(0.001));
}

TEST_CASE("a source that stopped early leaves a gap, and one that wrote nothing an absent figure") {
    CutOff cut;
    cut.write_cpu(20);
    SECTION("the GPUs' samples end early") {
        cut.write_gpu(5);
        const record::AttemptRecord attempt = cut.recovered();
        CHECK(attempt.duration->count() == Approx(19.5).margin(0.1));
        CHECK(attempt.measurement.cpu.total.has_value());
        CHECK_FALSE(attempt.measurement.gpu.energy.has_value());
    }
    SECTION("there are none") {
        const record::AttemptRecord attempt = cut.recovered();
        CHECK(attempt.measurement.cpu.quality.verdict == energy::Verdict::usable);
        CHECK_FALSE(attempt.measurement.gpu.energy.has_value());
        CHECK(attempt.measurement.gpu.quality.reason.has_value());
    }
    SECTION("nothing was stored after the start") {
        cut.write_cpu(0);
        const record::AttemptRecord attempt = cut.recovered();
        CHECK(attempt.is_cut_off);
        CHECK_FALSE(attempt.window.has_value());
        CHECK_FALSE(attempt.measurement.cpu.total.has_value());
    }
}

TEST_CASE("lines that a kill cut off in the middle, and other damage, are left out") {
    CutOff cut;
    cut.write_cpu(10, "11.000;5");
    cut.write_gpu(10, "nonsense\n1e999,5,0,GPU-0\n,,,\n" + fmt::format("{:.3f},9000.00,0,GPU-7\n", kEpoch + 3) +
                          fmt::format("{:.3f},0.00,0,GPU-0\n", kEpoch + 4) + std::string(5000, 'x') + "\n" +
                          fmt::format("{:.3f},[N/A],0,GPU-0\n", kEpoch + 5) + fmt::format("{:.3f},2", kEpoch + 10));
    const record::AttemptRecord attempt = cut.recovered();
    CHECK(attempt.duration->count() == Approx(9.5).margin(0.25));
    CHECK(attempt.measurement.cpu.total->value() == Approx(55 * attempt.duration->count()).epsilon(0.002));
    CHECK(attempt.measurement.gpu.energy->value() == Approx(200 * attempt.duration->count()).epsilon(0.002));
}

TEST_CASE("without facts, or with facts that cannot be true, an attempt stays as it is") {
    CutOff cut;
    cut.write_cpu(10);
    cut.write_gpu(10);
    const auto is_left_alone = [](const record::AttemptRecord& attempt) {
        return !attempt.is_cut_off && !attempt.window && !attempt.measurement.cpu.total;
    };
    CHECK(is_left_alone(cut.recovered_without_facts()));
    SECTION("a start before all time") {
        cut.facts.start = MonotonicTime::min();
    }
    SECTION("a start after all time") {
        cut.facts.wall_start = WallTime::max();
    }
    SECTION("a sensor that averages for years") {
        cut.facts.gpus[0].field.sensor.averaging = Seconds(1e9);
    }
    SECTION("a sensor that never looks") {
        cut.facts.gpus[0].field.sensor.seen_share = 0;
    }
    CHECK(is_left_alone(cut.recovered()));
}

TEST_CASE("links and other files that are none of ours are not read") {
    CutOff cut;
    cut.write_cpu(10);
    cut.write_gpu(10);
    for (const char* name : {"cpu_energy_raw.txt", "gpu_power.csv"}) {
        fs::rename(cut.energy() / name, cut.energy() / (std::string(name) + ".real"));
    }
    SECTION("links") {
        for (const char* name : {"cpu_energy_raw.txt", "gpu_power.csv"}) {
            fs::create_symlink(cut.energy() / (std::string(name) + ".real"), cut.energy() / name);
        }
    }
    SECTION("folders") {
        for (const char* name : {"cpu_energy_raw.txt", "gpu_power.csv"}) {
            fs::create_directory(cut.energy() / name);
        }
    }
    SECTION("devices that never end") {
        for (const char* name : {"cpu_energy_raw.txt", "gpu_power.csv"}) {
            fs::create_symlink("/dev/zero", cut.energy() / name);
        }
    }
    CHECK_FALSE(cut.recovered().window.has_value());
}

TEST_CASE("an attempt that was recorded is not touched") {
    CutOff cut;
    cut.write_cpu(10);
    sensors::write_recovery_facts(cut.facts, cut.energy());
    record::AttemptRecord failed;
    failed.directory = "attempt_1";
    record::AttemptRecord stopped = failed;
    stopped.status = record::Status::interrupted;
    stopped.window = record::WallWindow{};
    const auto same = recover_attempts({failed, stopped}, cut.energy().parent_path().parent_path());
    CHECK_FALSE(same[0].window.has_value());
    CHECK(same[1].window->end.epoch_seconds == 0);
}
