#include "catch.hpp"

#include "fakes/curve.hpp"
#include "fakes/moment.hpp"
#include "json_schema.hpp"

#include <chrono>
#include <cmath>
#include <signal.h>
#include <thread>

namespace mutation::e2e {

namespace {

const Json kGpuPower = {{"kind", "sine"}, {"level", 220}, {"amplitude", 60}, {"period", 7.31}};
const Json kCpuPower = {{"kind", "sine"}, {"level", 120}, {"amplitude", 40}, {"period", 9.7}};

/// Guardian and tool at the same moment, so that nobody is left to record anything.
void kill_session(RunningProcess& tool) {
    const std::vector<pid_t> children = children_of(tool.pid());
    REQUIRE(children.size() == 1);
    tool.send(SIGKILL);
    ::kill(children.front(), SIGKILL);
    tool.wait();
}

/// Joules of a curve over an attempt's window.
double truth_of(const Json& curve, Json attempt, const Lab& lab) {
    const fakes::Moment now = fakes::moment_now();
    const double zero = now.realtime - now.monotonic + lab.t0();
    const double start = attempt["window"]["start_epoch_seconds"].get<double>() - zero;
    return fakes::CurveSum(nlohmann::json(curve)).integral(start, start + attempt["duration_seconds"].get<double>());
}

} // namespace

TEST_CASE("resume recovers the energy of a training during which the session was killed", "[resume]") {
    Lab lab;
    lab.limit = 120;
    lab.smi["gpus"][0]["power"] = kGpuPower;
    lab.perf["events"]["power/energy-pkg/"] = kCpuPower;
    lab.training = {
        {"runs",
         Json::parse(R"([[{"print": "on\n"}, {"hang": true}], [{"sleep": 0.3}, {"print": "accuracy: 1\n"}]])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 30));
    std::this_thread::sleep_for(std::chrono::seconds(9));
    kill_session(tool);
    REQUIRE(eventually([&] { return processes_of(lab.root()).empty(); }, 60));

    const RunResult result = lab.run({"resume", lab.session().string()});
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    Json record = lab.record();
    INFO(record.dump(1));
    CHECK(record_problems(record) == "");
    REQUIRE(record["attempts"].size() == 2);
    CHECK(record["attempts"][1]["cut_off"] == false);
    Json attempt = record["attempts"][0];
    CHECK(attempt["cut_off"] == true);
    CHECK(attempt["status"] == "interrupted");
    REQUIRE(attempt["duration_seconds"].is_number());
    // Samples are stored at least every 2 s, and the sampler may be starved.
    CHECK(attempt["duration_seconds"].get<double>() > 5);
    const double cpu = attempt["energy_metrics"]["cpu_energy_total_joules"].get<double>();
    const double gpu = attempt["energy_metrics"]["gpu_energy_total_joules"].get<double>();
    const double memory = 5 * attempt["duration_seconds"].get<double>();
    CHECK(std::abs(cpu - truth_of(kCpuPower, attempt, lab) - memory) <=
          attempt["energy_quality"]["cpu"]["uncertainty_joules"].get<double>());
    CHECK(std::abs(gpu - truth_of(kGpuPower, attempt, lab)) <=
          attempt["energy_quality"]["gpu"]["uncertainty_joules"].get<double>());
    CHECK(record["failed_attempts_energy_joules"].get<double>() == Approx(cpu + gpu));
}

} // namespace mutation::e2e
