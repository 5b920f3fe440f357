#include "catch.hpp"

#include "mutation/sensors/recovery_facts.hpp"
#include "mutation/system/file.hpp"
#include "support/temporary_folder.hpp"

using namespace mutation;
using namespace mutation::sensors;

TEST_CASE("the facts of an attempt's sensors are read as they were written") {
    const test::TemporaryFolder folder;
    RecoveryFacts facts;
    facts.start = MonotonicTime(std::chrono::nanoseconds(1'234'567'890'123));
    facts.wall_start = WallTime(std::chrono::nanoseconds(1'767'756'005'123'456'789));
    facts.wall_lead = Seconds(1767754770.5);
    facts.cpu_method = "perf_rapl";
    facts.cpu_events = {"energy-pkg", "energy-ram"};
    facts.launcher_up = facts.start - std::chrono::milliseconds(3);
    facts.gpu_method = "nvidia_smi";
    facts.sample_interval = Seconds(0.1);
    facts.visibility_remark = "GPU \xff";
    energy::PowerField field;
    field.name = "power.draw.instant";
    field.sensor.averaging = Seconds(0.025);
    field.sensor.longest_averaging = Seconds(1);
    field.sensor.seen_share = 0.25;
    field.accuracy = Percent(5.5);
    facts.gpus.push_back({3, "GPU-3", "NVIDIA H100", true, field});
    facts.idle = energy::IdleLevels{std::nullopt, {Watts(71.5), std::nullopt}};
    write_recovery_facts(facts, folder.path());

    const std::optional<RecoveryFacts> read = read_recovery_facts(folder.path());
    REQUIRE(read.has_value());
    CHECK(read->start == facts.start);
    CHECK(read->wall_start == facts.wall_start);
    CHECK(read->wall_lead == facts.wall_lead);
    CHECK(read->cpu_events == facts.cpu_events);
    CHECK(read->launcher_up == facts.launcher_up);
    CHECK(read->sample_interval == facts.sample_interval);
    CHECK(read->visibility_remark == "GPU \xef\xbf\xbd");
    REQUIRE(read->gpus.size() == 1);
    CHECK(read->gpus[0].index == 3);
    CHECK(read->gpus[0].is_counted);
    CHECK(read->gpus[0].field.name == field.name);
    CHECK(read->gpus[0].field.sensor.averaging == field.sensor.averaging);
    CHECK(read->gpus[0].field.sensor.longest_averaging == Seconds(1));
    CHECK(read->gpus[0].field.sensor.seen_share == field.sensor.seen_share);
    CHECK(read->gpus[0].field.accuracy == field.accuracy);
    REQUIRE(read->idle.has_value());
    CHECK_FALSE(read->idle->cpu.has_value());
    CHECK(read->idle->gpus == facts.idle->gpus);
}

TEST_CASE("facts that are missing, damaged or of another version are none") {
    const test::TemporaryFolder folder;
    CHECK_FALSE(read_recovery_facts(folder.path()).has_value());
    for (const char* text : {"", "{", "[]", R"({"version": 2})", R"({"version": 1})", R"({"version": 1, "gpus": 3})"}) {
        CAPTURE(text);
        system::write_file_atomically(folder.path() / kRecoveryFactsFile, text);
        CHECK_FALSE(read_recovery_facts(folder.path()).has_value());
    }
}
