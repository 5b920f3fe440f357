#include "catch.hpp"

#include "mutation/energy/gpu_energy.hpp"
#include "mutation/sensors/gpu_query.hpp"
#include "mutation/sensors/gpu_sampler.hpp"
#include "mutation/sensors/gpu_timelines.hpp"
#include "mutation/sensors/nvidia_smi.hpp"
#include "mutation/system/clock.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <signal.h>
#include <string>

using namespace mutation;
using namespace mutation::energy;
using namespace mutation::sensors;

namespace {

namespace fs = std::filesystem;

/// A folder with a shell script that stands in for nvidia-smi.
class ScriptedSmi {
public:
    explicit ScriptedSmi(const std::string& body) {
        test::write_program(program(), "#!/bin/sh\n"
                                       "stamp() { date '+%Y/%m/%d %H:%M:%S.%3N'; }\n"
                                       "cd \"$(dirname \"$0\")\"\n" +
                                           body + "\n");
    }

    [[nodiscard]] fs::path program() const { return folder() / "nvidia-smi"; }
    [[nodiscard]] std::string text_of(const char* file) const { return test::read_text(folder() / file); }
    [[nodiscard]] GpuSampler sampler() const;
    [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

private:
    test::TemporaryFolder folder_;
};

const std::vector<std::string> kFields{"timestamp",
                                       "index",
                                       "uuid",
                                       "power.draw",
                                       "temperature.gpu",
                                       "temperature.memory",
                                       "utilization.gpu",
                                       "utilization.memory",
                                       "clocks.sm",
                                       "clocks_throttle_reasons.active"};

std::vector<GpuInfo> two_gpus() {
    std::vector<GpuInfo> gpus(2);
    gpus[0] = {0, "GPU-a", "NVIDIA A100", "550", "Enabled", "", {}};
    gpus[1] = {1, "GPU-b", "NVIDIA A100", "550", "Enabled", "", {}};
    return gpus;
}

MonotonicTime now() {
    return system::monotonic_now();
}

MonotonicTime after(double seconds) {
    return now() + std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(seconds));
}

/// Two GPUs at 100 and 50 W, ten times a second.
constexpr const char* kSteady = "while :; do t=$(stamp)\n"
                                "echo \"$t, 0, GPU-a, 100.00, 60, N/A, 90, 40, 1410, 0x0000000000000004\"\n"
                                "echo \"$t, 1, GPU-b, 50.00, 50, [N/A], 10, 5, 1200, 0x0000000000000001\"\n"
                                "sleep 0.1; done";

energy::PowerField plain_field() {
    energy::PowerField field;
    field.name = "power.draw";
    field.sensor.update_interval = Seconds(0.1);
    return field;
}

GpuEnergy energy_of(const GpuSampler& sampler, const std::vector<bool>& is_counted, const Window& window,
                    const std::optional<std::string>& visibility_remark = std::nullopt) {
    GpuTimelines timelines = timelines_of(sampler, window);
    timelines.source = "nvidia-smi";
    timelines.visibility_remark = visibility_remark;
    for (std::size_t gpu = 0; gpu < is_counted.size(); ++gpu) {
        timelines.gpus[gpu].is_counted = is_counted[gpu];
    }
    return integrate_gpus(timelines, window);
}

GpuSampler ScriptedSmi::sampler() const {
    return {program(), two_gpus(), {plain_field(), plain_field()}, kFields, Seconds(0.1)};
}

} // namespace

TEST_CASE("a sampler delivers every GPU's samples, writes them and leaves nothing running") {
    const ScriptedSmi smi(kSteady);
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    const Window window{now(), after(0.6)};
    REQUIRE(sampler.wait_until_after(window.end, Seconds(10), -1));
    const pid_t pid = sampler.pid();
    REQUIRE(pid > 0);
    CHECK(sampler.current_power(0) == Watts(100));
    sampler.stop();
    CHECK(sampler.pid() == -1);
    CHECK(::kill(pid, 0) == -1);
    CHECK_FALSE(sampler.remark().has_value());

    const GpuEnergy energy = energy_of(sampler, {true, true}, window);
    REQUIRE(energy.energy.has_value());
    CHECK(energy.energy->value() == Approx(150 * window.length().count()).epsilon(0.001));
    CHECK(energy.power_mean->value() == Approx(150).epsilon(0.001));
    CHECK(energy.power_max == Watts(150));
    CHECK(energy.temperature_mean == Celsius(55));
    CHECK(energy.temperature_max == Celsius(60));
    CHECK(energy.utilization_mean == Percent(50));
    CHECK(energy.devices[1].clock_start_mhz == 1200);
    CHECK(energy.devices[0].throttle_reasons == std::vector<std::string>{"sw_power_cap"});

    const GpuEnergy one = energy_of(sampler, {false, true}, window);
    CHECK(one.power_max == Watts(50));
    CHECK(one.devices.size() == 2);
    CHECK_FALSE(one.devices[0].is_counted);
    CHECK(one.devices[0].energy.has_value());

    const std::string power = smi.text_of("gpu_power.csv");
    CHECK(power.starts_with("timestamp,power_draw_w,gpu_index,gpu_uuid\n"));
    CHECK(power.find(",100.00,0,GPU-a\n") != std::string::npos);
    CHECK(smi.text_of("gpu_temperature.csv").find(",60,N/A,0,GPU-a\n") != std::string::npos);
    CHECK(smi.text_of("gpu_utilization.csv").find(",10,5,1,GPU-b\n") != std::string::npos);
}

TEST_CASE("one nvidia-smi runs on between two attempts, and what it sampled before an attempt is kept") {
    const ScriptedSmi smi(std::string("echo started >> starts\n") + kSteady);
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    sampler.finish();
    const pid_t pid = sampler.pid();
    const MonotonicTime start = now();
    REQUIRE(sampler.wait_until_after(start, Seconds(10), -1));
    CHECK_FALSE(sampler.current_power(0).has_value()); // that of a training is shown only while it runs
    CHECK(sampler.current_temperature(0) == Celsius(60));

    fs::create_directory(smi.folder() / "second");
    sampler.start(smi.folder() / "second", start);
    CHECK(sampler.pid() == pid);
    REQUIRE_FALSE(sampler.tracks()[0].samples.empty()); // at once: from before the attempt
    CHECK(sampler.tracks()[0].samples.front().time >= start);
    const Window window{now(), after(0.4)};
    REQUIRE(sampler.wait_until_after(window.end, Seconds(10), -1));
    sampler.finish();
    CHECK(energy_of(sampler, {true, true}, window).power_mean->value() == Approx(150).epsilon(0.001));
    const std::string power = smi.text_of("second/gpu_power.csv");
    CHECK(static_cast<std::size_t>(std::count(power.begin(), power.end(), '\n')) ==
          1 + sampler.tracks()[0].samples.size() + sampler.tracks()[1].samples.size());
    sampler.stop();
    CHECK(smi.text_of("starts") == "started\n");
}

TEST_CASE("an nvidia-smi that died between two attempts is started again with the next") {
    const ScriptedSmi smi(std::string("[ -e second ] && echo broken >&2 && exit 3\n") + kSteady);
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    sampler.finish();
    CHECK_FALSE(sampler.remark().has_value());
    fs::create_directory(smi.folder() / "second");
    REQUIRE(::kill(sampler.pid(), SIGKILL) == 0);
    CHECK_FALSE(sampler.wait_until_after(after(0), Seconds(10), -1));
    sampler.start(smi.folder() / "second", now() - std::chrono::seconds(1));
    CHECK_FALSE(sampler.wait_for_first_sample(Seconds(10), -1));
    CHECK(sampler.is_silent());
    sampler.stop();
    CHECK(sampler.remark().value_or("").find("status 3: broken") != std::string::npos);
}

TEST_CASE("samples reach the file while nvidia-smi runs") {
    const ScriptedSmi smi(kSteady);
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    const std::size_t samples = sampler.tracks()[0].samples.size();
    sampler.on_poll();
    const std::string power = smi.text_of("gpu_power.csv");
    CHECK(static_cast<std::size_t>(std::count(power.begin(), power.end(), '\n')) >= 1 + 2 * samples);
}

TEST_CASE("a training that sees no GPU has no figure but a reason") {
    const ScriptedSmi smi(kSteady);
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    sampler.stop();
    const GpuEnergy energy = energy_of(sampler, {false, false}, {now(), after(1)}, "it sees none");
    CHECK_FALSE(energy.energy.has_value());
    CHECK(energy.quality.verdict == Verdict::absent);
    CHECK(energy.quality.reason == "it sees none");
}

TEST_CASE("only throttle reasons and clocks during the training count") {
    const ScriptedSmi smi(
        "line() { for gpu in 0,\\ GPU-a 1,\\ GPU-b; do\n"
        "echo \"2026/01/07 12:00:00.$1, $gpu, 200.00, 60, N/A, 90, 40, $2, $3\"; done; }\n"
        "line 000 300 0x4; line 100 1500 0x1; line 200 1400 0x41; line 300 1600 0x1; line 400 300 0x4\n"
        "exec sleep 60");
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    for (int i = 0; i < 200 && sampler.tracks()[1].samples.size() < 5; ++i) {
        sampler.wait_until_after(MonotonicTime::max(), Seconds(0.05), -1);
    }
    sampler.stop();
    REQUIRE(sampler.tracks()[1].samples.size() == 5);
    const auto time_of = [&](std::size_t sample) { return sampler.tracks()[0].samples[sample].time; };
    const std::chrono::milliseconds aside(30);
    const GpuEnergy energy = energy_of(sampler, {true, true}, {time_of(1) - aside, time_of(3) + aside});
    CHECK(energy.devices[0].throttle_reasons == throttle_reasons(0x41));
    CHECK(energy.devices[0].clock_start_mhz == 1500);
    CHECK(energy.devices[1].clock_end_mhz == 1600);
}

TEST_CASE("broken lines and cells do not affect the others") {
    const ScriptedSmi smi("while :; do t=$(stamp)\n"
                          "echo 'Unable to determine the device handle'\n"
                          "echo \"$t, 0, GPU-a\"\n"
                          "echo\n"
                          "echo \"[Unknown Error], 0, GPU-a, 100.00, 60, N/A, 90, 40, 1410, 0x0\"\n"
                          "echo \"$t, 0, GPU-a, 100.00, ERR!, N/A, [N/A], , [Not Supported], [N/A]\"\n"
                          "echo \"$t, 1, GPU-b, [Unknown Error], 50, N/A, 10, 5, 1200, 0x0\"\n"
                          "sleep 0.1; done");
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    const Window window{now(), after(0.5)};
    REQUIRE(sampler.wait_until_after(window.end, Seconds(10), -1));
    sampler.stop();
    const GpuEnergy first = energy_of(sampler, {true, false}, window);
    REQUIRE(first.energy.has_value());
    CHECK(first.power_mean->value() == Approx(100));
    CHECK_FALSE(first.temperature_mean.has_value());
    CHECK_FALSE(first.utilization_mean.has_value());
    const GpuEnergy both = energy_of(sampler, {true, true}, window);
    CHECK_FALSE(both.energy.has_value());
    CHECK(both.quality.reason.value_or("").find("reported no power") != std::string::npos);
    CHECK(both.temperature_mean == Celsius(50));
}

TEST_CASE("a sampler that dies is started again, and its message is kept") {
    const ScriptedSmi smi("if [ ! -e died ]; then t=$(stamp)\n"
                          "echo \"$t, 0, GPU-a, 100.00, 60, N/A, 90, 40, 1410, 0x0\"\n"
                          "echo \"$t, 1, GPU-b, 50.00, 50, N/A, 10, 5, 1200, 0x0\"\n"
                          "touch died; echo 'GPU is lost' >&2; exit 15; fi\n" +
                          std::string(kSteady));
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    REQUIRE(sampler.wait_until_after(after(0.3), Seconds(10), -1));
    sampler.stop();
    CHECK(sampler.tracks()[1].samples.size() > 2);
    CHECK(sampler.remark().value_or("").find("status 15") != std::string::npos);
    CHECK(sampler.remark().value_or("").find("GPU is lost") != std::string::npos);
    CHECK(sampler.remark().value_or("").find("1 restart") != std::string::npos);
}

TEST_CASE("a sampler that prints far too much is given up before it fills the memory") {
    const ScriptedSmi smi("exec yes \"$(stamp), 0, GPU-a, 100.00, 60, N/A, 90, 40, 1410, 0x0\"");
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    for (int i = 0; i < 100 && !sampler.remark(); ++i) {
        CHECK_FALSE(sampler.wait_until_after(after(3600), Seconds(0.1), -1));
    }
    sampler.stop();
    CHECK(sampler.remark().value_or("").find("times as much as requested") != std::string::npos);
    CHECK(sampler.tracks()[0].samples.size() < 100000);
}

TEST_CASE("a silent sampler is waited for only up to the limit") {
    const ScriptedSmi smi("exec sleep 60");
    GpuSampler sampler = smi.sampler();
    const MonotonicTime begun = now();
    sampler.start(smi.folder());
    CHECK_FALSE(sampler.wait_for_first_sample(Seconds(0.3), -1));
    CHECK(Seconds(now() - begun) < Seconds(5));
    sampler.stop();
    CHECK_FALSE(energy_of(sampler, {true, true}, {now(), after(1)}).energy.has_value());
}

TEST_CASE("a card that reports only 0 W was not measured") {
    const ScriptedSmi smi("while :; do t=$(stamp)\n"
                          "echo \"$t, 0, GPU-a, 0.00, 60, N/A, 90, 40, 1410, 0x0\"\n"
                          "echo \"$t, 1, GPU-b, 50.00, 50, N/A, 10, 5, 1200, 0x0\"\n"
                          "sleep 0.1; done");
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    const Window window{now(), after(0.4)};
    REQUIRE(sampler.wait_until_after(window.end, Seconds(10), -1));
    CHECK_FALSE(sampler.current_power(0).has_value());
    CHECK(sampler.current_power(1) == Watts(50));
    sampler.stop();
    const GpuEnergy energy = energy_of(sampler, {true, true}, window);
    CHECK_FALSE(energy.energy.has_value());
    CHECK_FALSE(energy.devices[0].energy.has_value());
    CHECK(energy.devices[1].energy.has_value());
    CHECK(energy.quality.verdict == Verdict::absent);
    CHECK(energy.quality.reason.value_or("").find("power.draw of GPU 0 was 0 W throughout") != std::string::npos);
    CHECK(smi.text_of("gpu_power.csv").find(",N/A,0,GPU-a\n") != std::string::npos);
}

TEST_CASE("readings far above a card's limit are left out, with a remark") {
    const ScriptedSmi smi("n=0; while :; do t=$(stamp); p=100.00; n=$((n+1)); [ $((n % 3)) = 0 ] && p=99999.00\n"
                          "echo \"$t, 0, GPU-a, $p, 60, N/A, 90, 40, 1410, 0x0\"\n"
                          "echo \"$t, 1, GPU-b, 50.00, 50, N/A, 10, 5, 1200, 0x0\"\n"
                          "sleep 0.1; done");
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    const Window window{now(), after(0.8)};
    REQUIRE(sampler.wait_until_after(window.end, Seconds(10), -1));
    sampler.stop();
    const GpuEnergy energy = energy_of(sampler, {true, true}, window);
    REQUIRE(energy.energy.has_value());
    CHECK(energy.power_mean->value() == Approx(150));
    CHECK(energy.power_max == Watts(150));
    CHECK(energy.quality.reason.value_or("").find("readings far above any card's limit were left out") !=
          std::string::npos);
}

TEST_CASE("messages of nvidia-smi are kept from both streams, without waiting") {
    const ScriptedSmi smi("echo 'Failed to initialize NVML: Driver/library version mismatch'\n"
                          "printf 'NVML library version: 550.54\\n\\377\\n' >&2; exit 18");
    GpuSampler sampler = smi.sampler();
    const MonotonicTime begun = now();
    sampler.start(smi.folder());
    CHECK_FALSE(sampler.wait_for_first_sample(Seconds(60), -1));
    CHECK(Seconds(now() - begun) < Seconds(30));
    CHECK(sampler.is_silent());
    sampler.stop();
    const std::string remark = sampler.remark().value_or("");
    CAPTURE(remark);
    CHECK(remark.find("status 18: Failed to initialize NVML: Driver/library version mismatch") != std::string::npos);
    CHECK(remark.find("NVML library version: 550.54") != std::string::npos);
    CHECK(remark.find('\xff') == std::string::npos);
    CHECK(remark.size() < 500);
}

TEST_CASE("a sampler that runs and prints no sample is quoted") {
    const ScriptedSmi smi("while :; do echo 'No devices were found'; sleep 0.05; done");
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    for (int i = 0; i < 100 && !sampler.remark(); ++i) {
        CHECK_FALSE(sampler.wait_for_first_sample(Seconds(0.1), -1));
    }
    sampler.stop();
    CHECK(sampler.remark() == "nvidia-smi also printed: No devices were found");
}

TEST_CASE("the power of a sampler that has stopped is not shown any more") {
    const ScriptedSmi smi(kSteady);
    GpuSampler sampler = smi.sampler();
    sampler.start(smi.folder());
    REQUIRE(sampler.wait_for_first_sample(Seconds(10), -1));
    CHECK(sampler.current_power(0) == Watts(100));
    sampler.stop();
    CHECK_FALSE(sampler.current_power(0).has_value());
}

TEST_CASE("rows are used even if nvidia-smi warns and ends with a status") {
    const ScriptedSmi smi(
        "case \"$1\" in *index*name*) echo '0, GPU-a, NVIDIA H100, 550.54, Enabled, Disabled, 700.00, "
        "700.00, 700.00';;\n"
        "*) echo '2026/01/07 12:06:42.519, 0, GPU-a, [N/A], 71.30';; esac\n"
        "echo 'WARNING: infoROM is corrupted at gpu 0000:0B:00.0'; exit 14");
    const GpuInventory inventory = query_gpus(smi.program());
    REQUIRE(inventory.gpus.size() == 1);
    CHECK(inventory.gpus[0].uuid == "GPU-a");
    CHECK(inventory.gpus[0].power_limit == Watts(700));
    CHECK(!inventory.reason);
    CHECK(inventory.remark == "nvidia-smi ended with status 14: WARNING: infoROM is corrupted at gpu 0000:0B:00.0");
    const SampledFields chosen = choose_fields(smi.program(), inventory.gpus,
                                               {"timestamp", "index", "uuid", "power.draw", "power.draw.instant"});
    REQUIRE(chosen.power_fields.size() == 1);
    CHECK(chosen.fields.size() == 5);
    CHECK(chosen.power_fields[0].name == "power.draw.instant");
    CHECK(chosen.trials[0].has_power);
    CHECK(chosen.trials[0].without_power == "power.draw is [N/A]");
}

TEST_CASE("a list of GPUs that fails is quoted from both streams") {
    const ScriptedSmi smi("echo 'Failed to initialize NVML: Unknown Error'; echo 'see dmesg' >&2; exit 255");
    const GpuInventory inventory = query_gpus(smi.program());
    CHECK(inventory.gpus.empty());
    CHECK(inventory.reason == "nvidia-smi cannot list the GPUs: nvidia-smi ended with status 255: Failed to initialize "
                              "NVML: Unknown Error / see dmesg");
}
