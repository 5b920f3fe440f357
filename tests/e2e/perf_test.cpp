#include "catch.hpp"

#include "json_schema.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// Runs one training of `seconds` and returns its record, which must be a success whatever perf did.
Json record_despite_perf(Lab& lab, double seconds = 0.6) {
    lab.training = {
        {"steps", Json::array({{{"print", "on\n"}}, {{"sleep", seconds}}, {{"print", "accuracy: 0.9\n"}}})}};
    const auto result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.journal("training", "start").size() == 1);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "ok");
    CHECK(record["retries"] == 0);
    CHECK(record["duration_seconds"].get<double>() == Approx(seconds).margin(0.3));
    CHECK(processes_of(lab.root()).empty());
    return record;
}

void check_cpu_absent(Json record, const std::string& reason) {
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].is_null());
    CHECK(record["energy_metrics"]["cpu_energy_total_joules"].is_null());
    Json quality = record["energy_quality"]["cpu"];
    CHECK(quality["verdict"] == "absent");
    REQUIRE(quality["reason"].is_string());
    CHECK_THAT(quality["reason"].get<std::string>(), Contains(reason));
    CHECK(record["energy_metrics"]["gpu_energy_total_joules"].is_number());
}

} // namespace

TEST_CASE("a perf that refuses is a warning with its message, and trainings run without it", "[perf]") {
    Lab lab;
    lab.perf["refuse"] = "Access to performance monitoring and observability operations is limited.";
    lab.training = {{"steps", Json::parse(R"([{"sleep": 0.8}, {"print": "accuracy: 0.9\n"}])")}};
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("observability operations is limited"));
    check_cpu_absent(lab.record(), "observability operations is limited");
    CHECK(lab.journal("perf", "workload").empty());
}

TEST_CASE("a perf that does not know an event is not used", "[perf]") {
    Lab lab;
    lab.perf["events"].erase("power/energy-ram/");
    check_cpu_absent(record_despite_perf(lab), "event syntax error");
}

TEST_CASE("only events that exist are requested, and a missing memory domain is not a defect", "[perf]") {
    Lab lab;
    for (const char* file : {"energy-ram", "energy-ram.unit", "energy-ram.scale"})
        fs::remove(lab.sysfs() / "bus/event_source/devices/power/events" / file);
    lab.perf["events"].erase("power/energy-ram/");
    Json record = record_despite_perf(lab, 1.5);
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].get<double>() ==
          Approx(50 * record["duration_seconds"].get<double>()).epsilon(0.03));
    CHECK(record["energy_metrics"]["cpu_energy_total_joules"] == record["energy_metrics"]["cpu_energy_pkg_joules"]);
    CHECK(record["energy_metrics"]["cpu_energy_ram_joules"].is_null());
    // Not its verdict: that also says how busy the rest of the machine was, which here are other tests.
    CHECK(record["energy_quality"]["cpu"]["coverage_percent"].get<double>() > 90);
    CHECK(record["energy_quality"]["cpu"]["events"] == Json({"energy-pkg"}));
    CHECK(record["energy_quality"]["cpu"]["method"] == "perf_rapl");
}

TEST_CASE("without energy events, perf is not used", "[perf]") {
    Lab lab;
    fs::remove_all(lab.sysfs() / "bus");
    check_cpu_absent(record_despite_perf(lab), "");
    CHECK(lab.journal("perf", "stat").empty());
}

TEST_CASE("a perf that crashes does not affect the training, and its counts are kept", "[perf]") {
    Lab lab;
    lab.perf["crash_after"] = 1.5;
    Json record = record_despite_perf(lab, 3);
    CHECK(record["attempts"][0]["exit_code"] == 0);
    Json quality = record["energy_quality"]["cpu"];
    CHECK((quality["verdict"] == "poor" || quality["verdict"] == "absent"));
    CHECK(quality["coverage_percent"].get<double>() < 90);
    REQUIRE(quality["reason"].is_string());
    CHECK_THAT(quality["reason"].get<std::string>(),
               Contains("perf was killed by signal 9 (SIGKILL) ") && Contains(" s after the training's start"));
    CHECK(fs::file_size(lab.experiments().at(0) / "energy/cpu_energy_raw.txt") > 0);
}

TEST_CASE("a perf that fails after its trial does not end the training", "[perf]") {
    Lab lab;
    lab.perf["refuse"] = "perf has changed its mind";
    lab.perf["refuse_from_call"] = 2;
    check_cpu_absent(record_despite_perf(lab), "");
}

TEST_CASE("a slow start of perf delays the training but not its window", "[perf]") {
    Lab lab;
    lab.perf["start_delay"] = 1.0;
    Json record = record_despite_perf(lab, 1);
    CHECK(record["window"]["start_epoch_seconds"].get<double>() ==
          Approx(lab.journal("training", "start").at(0)["realtime"].get<double>()).epsilon(0).margin(0.1));
}

TEST_CASE("an unsupported counter and its total are null, not 0", "[perf]") {
    Lab lab;
    const std::string mark = GENERATE("<not supported>", "<not counted>");
    lab.perf["values"] = {{"power/energy-ram/", mark}};
    Json record = record_despite_perf(lab, 1);
    CHECK(record["energy_metrics"]["cpu_energy_ram_joules"].is_null());
    CHECK(record["energy_metrics"]["cpu_energy_total_joules"].is_null());
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].is_number());
    CHECK(record["cpu_energy_estimated_joules"].is_null());
    CHECK(record["energy_quality"]["cpu"]["verdict"] == "absent");
    CHECK_THAT(record["energy_quality"]["cpu"]["reason"].dump(), Contains("energy-ram") && Contains(mark));
    if (mark == "<not supported>")
        CHECK_THAT(read_text(lab.session() / "session.log"), Contains("CPU energy will have no total"));
}

TEST_CASE("a memory counter that ends early reduces the coverage of the total", "[perf]") {
    Lab lab;
    lab.perf["values"] = {{"power/energy-ram/", "<not counted>"}};
    lab.perf["values_after"] = GENERATE(1.5, 4.5);
    const bool is_enough = lab.perf["values_after"] == 4.5;
    Json record = record_despite_perf(lab, 5);
    Json metrics = record["energy_metrics"];
    INFO(record.dump(1));
    CHECK(metrics["cpu_energy_pkg_joules"].is_number());
    CHECK(metrics["cpu_energy_ram_joules"].is_number() == is_enough);
    CHECK(metrics["cpu_energy_total_joules"].is_number() == is_enough);
    CHECK(record["energy_quality"]["cpu"]["verdict"] == (is_enough ? "poor" : "absent"));
    if (is_enough)
        CHECK(record["energy_quality"]["cpu"]["coverage_percent"].get<double>() < 90);
    CHECK_THAT(record["energy_quality"]["cpu"]["reason"].dump(), Contains("energy-ram"));
}

TEST_CASE("the real perf without a power PMU is only a warning", "[perf]") {
    if (!fs::exists("/usr/bin/perf") || fs::exists("/sys/bus/event_source/devices/power"))
        return;
    Lab lab;
    lab.environment["MUTATION_PERF"] = "/usr/bin/perf";
    lab.training = {{"steps", Json::parse(R"([{"sleep": 0.8}, {"print": "accuracy: 0.9\n"}])")}};
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("energy-pkg"));
    check_cpu_absent(lab.record(), "energy-pkg");
}

TEST_CASE("powercap is used if perf has no power events", "[perf]") {
    Lab lab;
    fs::remove_all(lab.sysfs() / "bus");
    const fs::path zone = lab.sysfs() / "class/powercap/intel-rapl:0";
    write_text(zone / "name", "package-0\n");
    write_text(zone / "energy_uj", "1000000\n");
    write_text(zone / "max_energy_range_uj", "262143328850\n");
    lab.training = {
        {"steps",
         Json::parse(R"([{"sleep": 0.3}, {"touch": "../../started"}, {"wait_for": "../../counted"}, {"sleep": 0.3},
                                              {"print": "accuracy: 0.9\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    CHECK(eventually([&] { return fs::exists(lab.root() / "started"); }, 20));
    write_text(zone / "energy_uj", "43000000\n");
    write_text(lab.root() / "counted", "");
    CHECK(tool.wait().exit_code == 0);
    Json record = lab.record();
    CHECK(record["energy_quality"]["cpu"]["method"] == "powercap");
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].get<double>() == Approx(42).margin(2));
}

TEST_CASE("a run is poor if other processes used the CPUs", "[perf]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"sleep": 1.5}, {"print": "accuracy: 0.9\n"}])")}};
    Invocation busy;
    busy.argv = {"/bin/sh", "-c", "while :; do :; done"};
    std::vector<std::unique_ptr<RunningProcess>> others;
    for (unsigned cpu = 0; cpu < std::max(1U, std::thread::hardware_concurrency() / 4); ++cpu)
        others.push_back(std::make_unique<RunningProcess>(busy));
    CHECK(lab.run(lab.toy_run(1)).exit_code == 0);
    for (const auto& other : others) {
        other->send(SIGKILL);
        other->wait();
    }
    const Json record = lab.record();
    CHECK(record["contamination"]["other_cpu_percent"].get<double>() > 10);
    CHECK(record["energy_quality"]["cpu"]["verdict"] == "poor");
    CHECK_THAT(record["energy_quality"]["cpu"]["reason"].dump(), Contains("other processes used"));
}

} // namespace mutation::e2e
