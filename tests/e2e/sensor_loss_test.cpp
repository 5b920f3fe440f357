#include "catch.hpp"

#include "json_schema.hpp"

#include <chrono>
#include <signal.h>
#include <thread>

namespace mutation::e2e {

namespace {

using Catch::Contains;

constexpr const char* kMismatch = "Failed to initialize NVML: Driver/library version mismatch";

RunResult run_well(Lab& lab, const std::vector<std::string>& arguments) {
    const RunResult result = lab.run(arguments);
    INFO(result.all());
    CHECK(result.exit_code == 0);
    for (std::size_t i = 0; i < lab.experiments().size(); ++i)
        CHECK(record_problems(lab.record(i)) == "");
    return result;
}

} // namespace

TEST_CASE("a counter that does not move is reported before, during and after the session", "[perf]") {
    Lab lab;
    const std::string event = GENERATE("energy-pkg", "energy-ram");
    lab.perf["values"] = {{"power/" + event + "/", "0.00"}};
    const RunResult result = run_well(lab, lab.toy_run(1));
    const std::string moved = event + ": the counter did not move";
    CHECK(result.err.find(moved) < result.err.find("toy_tiny_001"));
    CHECK_THAT(result.err, Contains("toy_tiny_001: no CPU energy was measured: "));
    CHECK_THAT(result.out, Contains("missing") && Contains("CPU energy is missing in 1 of 1 runs (toy_tiny_001"));
    CHECK_THAT(read_text(lab.session() / "session.log"), Contains(moved));
    Json record = lab.record();
    Json metrics = record["energy_metrics"];
    CHECK(metrics["cpu_energy_pkg_joules"].is_number() == (event != "energy-pkg"));
    CHECK(metrics["cpu_energy_ram_joules"].is_null());
    CHECK(metrics["cpu_energy_total_joules"].is_null());
    CHECK(record["energy_quality"]["cpu"]["verdict"] == "absent");
    CHECK_THAT(record["energy_quality"]["cpu"]["reason"].get<std::string>(), Contains("the counter did not move"));
}

TEST_CASE("a driver that fails between two runs is reported at once, in the table and in the records", "[gpu]") {
    Lab lab;
    lab.smi["fail"] = kMismatch;
    lab.smi["fail_exit"] = 18;
    lab.smi["fail_file"] = (lab.root() / "failed").string();
    lab.training = {{"steps", Json::parse(R"([{"sleep": 0.5},
        {"shell": "echo >> ../../runs; [ $(wc -l < ../../runs) -lt 2 ] || touch ../../failed"},
        {"print": "accuracy: 0.9\n"}])")}};
    const RunResult result = run_well(lab, lab.toy_run(4));
    for (const std::size_t i : {0, 1})
        CHECK(lab.record(i)["energy_metrics"]["gpu_energy_total_joules"].is_number());
    for (const std::size_t i : {2, 3}) {
        Json record = lab.record(i);
        CHECK(record["energy_metrics"]["gpu_energy_total_joules"].is_null());
        CHECK_THAT(record["energy_quality"]["gpu"]["reason"].get<std::string>(),
                   Contains(kMismatch) && Contains("status 18"));
    }
    const std::string log = read_text(lab.session() / "session.log");
    CHECK(log.find(kMismatch) < log.find("[4/4]"));
    CHECK_THAT(log, Contains("toy_tiny_003") && Contains("no GPU energy was measured"));
    CHECK_THAT(result.out, Contains("GPU energy is missing in 2 of 4 runs (toy_tiny_003") && Contains(kMismatch));
    CHECK_THAT(result.out, Contains("4 of 4 succeeded"));
}

TEST_CASE("a sensor that dies in the middle of a training is reported while the training runs", "[gpu_faults]") {
    Lab lab;
    std::string alert;
    SECTION("nvidia-smi") {
        lab.smi["die_after"] = 1.0;
        lab.smi["fail"] = kMismatch;
        lab.smi["fail_exit"] = 18;
        lab.smi["fail_from_stream"] = 1;
        alert = "the GPUs are not sampled at the moment: nvidia-smi ended with status 18: " + std::string(kMismatch);
    }
    SECTION("the counters of perf") {
        lab.perf["values"] = {{"power/energy-pkg/", "0.00"}};
        lab.perf["values_after"] = 1.5;
        alert = "perf reports no CPU energy, or its counters do not move";
    }
    lab.training = {
        {"steps", Json::parse(R"([{"wait_for": "../../reported"}, {"sleep": 3}, {"print": "accuracy: 0.9\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    CHECK(eventually([&] { return tool.errors_so_far().find(alert) != std::string::npos; }, 40));
    write_text(lab.root() / "reported", "");
    const RunResult result = tool.wait();
    CHECK(result.exit_code == 0);
    CHECK_THAT(read_text(lab.session() / "session.log"), Contains("toy_tiny_001: " + alert));
}

TEST_CASE("a session that is killed loses less than 2 s of its samples", "[gpu_faults]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"touch": "../../on"}, {"hang": true}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "on"); }, 30));
    std::this_thread::sleep_for(std::chrono::milliseconds(3500));
    const std::vector<pid_t> children = children_of(tool.pid());
    REQUIRE(children.size() == 1);
    tool.send(SIGKILL); // the guardian first, so that nobody is left to tidy up
    ::kill(children.front(), SIGKILL);
    const double killed = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    tool.wait();
    CHECK(eventually([&] { return processes_of(lab.root()).empty(); }, 30));
    fs::path energy; // of an experiment without a record
    for (const auto& entry : fs::recursive_directory_iterator(lab.session()))
        energy = entry.path().filename() == "sensor_facts.json" ? entry.path().parent_path() : energy;
    for (const char* file : {"gpu_power.csv", "gpu_temperature.csv", "gpu_utilization.csv"}) {
        CAPTURE(file);
        CHECK(std::stod(read_csv(energy / file).back().at("timestamp")) > killed - 2);
    }
    CHECK_THAT(read_text(energy / "cpu_energy_raw.txt"), Contains("energy-pkg"));
    Json facts = read_json(energy / "sensor_facts.json");
    const double start = facts["training_start_wall_ns"].get<double>() / 1e9;
    CHECK(start > killed - 30);
    CHECK(start < killed - 3);
    CHECK(facts["gpus"][0]["is_counted"] == true);
}

TEST_CASE("a GPU that never delivers is reported before the first training", "[gpu_faults]") {
    Lab lab;
    SECTION("since its program fails") {
        lab.smi["fail"] = kMismatch;
        lab.smi["fail_exit"] = 18;
        lab.smi["fail_from_stream"] = 0;
    }
    SECTION("since its program says nothing") {
        lab.smi["stream_at"] = lab.t0() + 10000;
    }
    auto arguments = lab.toy_run(1);
    arguments.insert(arguments.end(), {"--baseline", "1"});
    const RunResult result = run_well(lab, arguments);
    const std::size_t told = result.err.find("GPU 0 reported no power while the idle machine was measured: ");
    CHECK(told < result.err.find("toy_tiny_001"));
    if (lab.smi.contains("fail"))
        CHECK(result.err.find(kMismatch) < result.err.find("toy_tiny_001"));
    CHECK_THAT(lab.record()["energy_net"]["reason"].get<std::string>(), !Contains("baseline_seconds"));
}

TEST_CASE("a GPU list with a warning and a status is used, and the warning is quoted", "[gpu]") {
    Lab lab;
    lab.smi["rest"] = "WARNING: infoROM is corrupted at gpu 0000:01:00.0";
    lab.smi["rest_exit"] = 14;
    const RunResult result = run_well(lab, lab.toy_run(1));
    CHECK_THAT(result.err, Contains("status 14: WARNING: infoROM is corrupted at gpu 0000:01:00.0"));
    CHECK(lab.record()["energy_metrics"]["gpu_energy_total_joules"].is_number());
}

TEST_CASE("a power field without values is replaced, and the new one is named", "[gpu]") {
    Lab lab;
    const std::string field = GENERATE("power.draw.instant", "power.draw.average");
    for (const char* other : {"power.draw", "power.draw.instant", "power.draw.average"})
        if (other != field)
            lab.smi["gpus"][0]["fields"][other] = "[N/A]";
    lab.training = {{"steps", Json::parse(R"([{"sleep": 1.5}, {"print": "accuracy: 0.9\n"}])")}};
    const RunResult result = run_well(lab, lab.toy_run(1));
    CHECK_THAT(result.err, Contains(field + " (power.draw is [N/A]"));
    Json record = lab.record();
    CHECK(record["gpus"][0]["power_field"] == field);
    CHECK(record["energy_metrics"]["gpu_energy_total_joules"].is_number());
}

TEST_CASE("a card that reports only 0 W, or far too much, has no figure", "[gpu]") {
    Lab lab;
    const double watts = GENERATE(0.0, 2000.0);
    lab.smi["gpus"][0]["power"] = watts;
    const RunResult result = run_well(lab, lab.toy_run(1));
    CHECK_THAT(result.err, Contains("GPU 0 reports no power, so its energy will be null unless that changes"));
    Json record = lab.record();
    for (const char* name : {"gpu_energy_total_joules", "gpu_power_avg_watts", "gpu_power_max_watts"})
        CHECK(record["energy_metrics"][name].is_null());
    CHECK_THAT(record["energy_quality"]["gpu"]["reason"].get<std::string>(),
               Contains(watts == 0 ? "was 0 W throughout" : "far above its limit of 350 W"));
}

TEST_CASE("a cooldown does not show the power of the training before it", "[screen]") {
    Lab lab;
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    lab.environment["NO_COLOR"] = "1";
    auto arguments = lab.toy_run(2);
    arguments.insert(arguments.end(), {"--cooldown", "3"});
    const std::string screen = run_well(lab, arguments).out;
    std::size_t shown = 0;
    for (std::size_t at = 0; (at = screen.find("  cooling down ", at)) != std::string::npos; ++at, ++shown)
        CHECK_THAT(screen.substr(at, screen.find('\n', at) - at), !Contains(" W"));
    CHECK(shown > 0);
}

} // namespace mutation::e2e
