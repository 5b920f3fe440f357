#include "catch.hpp"

#include "fakes/curve.hpp"
#include "json_schema.hpp"

#include <cerrno>
#include <chrono>
#include <set>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// A user number without an account, so that the process limit counts only this test.
constexpr const char* kLonelyUser = "54321";

void preload_faults(Lab& lab, const std::string& faults) {
    lab.environment["LD_PRELOAD"] = FAULT_SHIM;
    lab.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
    lab.environment["FAULTS"] = faults;
}

std::string digits(double number) {
    return std::to_string(static_cast<long long>(number));
}

} // namespace

TEST_CASE("a training over its time limit that ignores INT and TERM is killed with its children", "[faults]") {
    Lab lab;
    lab.training = {{"ignore", {"INT", "TERM", "HUP"}},
                    {"steps", Json::parse(R"([{"spawn": 300, "setsid": true}, {"print": "on\n"}, {"hang": true}])")}};
    CHECK(lab.run(lab.toy_run(1, {"--timeout", "0.5", "-mr", "0"})).exit_code == 1);
    Json record = lab.record();
    CHECK(record["status"] == "timed_out");
    CHECK(record["attempts"][0]["signal"] == SIGKILL);
    CHECK(record_problems(record) == "");
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("closing the terminal ends the session like HUP and loses nothing", "[faults]") {
    Lab lab;
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    lab.training = {{"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"print": "on\n"}, {"hang": true}]])")}};
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 2; }, 20));
    tool.close_terminal();
    CHECK(tool.wait().exit_code == 128 + SIGHUP);
    REQUIRE(lab.experiments().size() == 2);
    CHECK(lab.record(0)["status"] == "ok");
    Json record = lab.record(1);
    CHECK(record["status"] == "interrupted");
    CHECK(record_problems(record) == "");
    CHECK(lab.summary().size() == 2);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a wall clock that is set while a training runs changes neither its length nor its energy", "[faults]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"sleep": 4}, {"print": "accuracy: 1\n"}])")}};
    const auto set_clock = [&](int by) {
        preload_faults(lab, "clock:" + digits(lab.t0() + 3) + ":" + std::to_string(by));
    };
    SECTION("ahead") {
        set_clock(7200);
    }
    SECTION("back") {
        set_clock(-7200);
    }
    const RunResult result = lab.run(lab.toy_run(1, {"--timeout", "60"}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    Json record = lab.record();
    INFO(record.dump(1));
    CHECK(record_problems(record) == "");
    const double length = record["duration_seconds"].get<double>();
    CHECK(length == Approx(4).margin(0.5));
    CHECK(record["window"]["end_epoch_seconds"].get<double>() - record["window"]["start_epoch_seconds"].get<double>() ==
          Approx(length).margin(0.01));
    CHECK(record["energy_metrics"]["gpu_energy_total_joules"].get<double>() == Approx(200 * length).epsilon(0.05));
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].get<double>() == Approx(50 * length).epsilon(0.05));
}

TEST_CASE("a wall clock that is set by a little moves no sample of rising power", "[faults]") {
    Lab lab;
    const Json climb = {{"kind", "ramp"}, {"level", 100}, {"amplitude", 3000}, {"period", 30}};
    lab.smi["gpus"][0]["power"] = climb;
    lab.training = {{"steps", Json::parse(R"([{"sleep": 4}, {"print": "accuracy: 1\n"}])")}};
    const char* by = "0.4";
    SECTION("ahead") {
        by = "0.4";
    }
    SECTION("back") {
        by = "-0.4";
    }
    preload_faults(lab, "clock:" + digits(lab.t0() + 4) + ":" + by);
    const RunResult result = lab.run(lab.toy_run(1, {"--timeout", "60"}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    const double start = lab.journal("training", "start").at(0)["monotonic"].get<double>() - lab.t0();
    const double end = lab.journal("training", "end").at(0)["monotonic"].get<double>() - lab.t0();
    const double truth = fakes::curve_from_json(nlohmann::json(climb)).integral(start, end);
    CHECK(lab.record()["energy_metrics"]["gpu_energy_total_joules"].get<double>() == Approx(truth).epsilon(0.015));
}

TEST_CASE("a training that cannot be started without a free process fails, and the session continues", "[faults]") {
    Lab lab;
    preload_faults(lab, "spawn:__launch:" + std::to_string(EAGAIN) + ":3");
    const RunResult result = lab.run(lab.toy_run(4, {"-mr", "0"}));
    INFO(result.all());
    CHECK(result.exit_code == 1);
    REQUIRE(lab.experiments().size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        INFO(i);
        CHECK(lab.record(i)["status"] == (i < 2 ? "ok" : "failed"));
        CHECK(record_problems(lab.record(i)) == "");
    }
    CHECK_THAT(lab.record(3)["error_message"].get<std::string>(), Contains("Resource temporarily unavailable"));
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a full process table ends with a message, never with a wrong record", "[faults]") {
    if (::getuid() != 0) {
        WARN("not tried: only root can become a user with a table of its own");
        return;
    }
    std::set<int> exits;
    // From not even the tool itself to all that a run needs.
    for (int processes = 1; processes <= 8; ++processes) {
        Lab lab;
        INFO(processes << " processes");
        lab.training = {{"steps", Json::parse(R"([{"sleep": 0.1}, {"print": "accuracy: 1\n"}])")}};
        ::chmod(lab.root().c_str(), 0777);
        auto invocation = lab.tool(lab.toy_run(2, {"-mr", "0"}));
        invocation.argv.front() = lab.copy_tool("for_all").string();
        invocation.argv.insert(invocation.argv.begin(),
                               {"/usr/bin/setpriv", "--reuid", kLonelyUser, "--regid", kLonelyUser, "--clear-groups",
                                "/usr/bin/prlimit", "--nproc=" + std::to_string(processes)});
        const RunResult result = run_process(invocation);
        INFO(result.all());
        CHECK_FALSE(result.timed_out);
        exits.insert(result.exit_code);
        CHECK((result.exit_code == 0 || result.exit_code == 1 || result.exit_code == 3));
        CHECK(!(result.exit_code == 3 && result.err.empty()));
        for (std::size_t i = 0; !lab.sessions().empty() && i < lab.experiments().size(); ++i)
            CHECK(record_problems(lab.record(i)) == "");
        CHECK(processes_of(lab.root()).empty());
    }
    CHECK(exits.count(0) == 1);
    CHECK(exits.size() > 1);
}

TEST_CASE("running out of descriptors ends with a message, never with a wrong record", "[faults]") {
    std::set<int> exits;
    for (const int descriptors : {5, 7, 9, 11, 13, 15, 17, 19, 22, 26, 32, 48, 64, 66, 70, 80, 256}) {
        Lab lab;
        INFO(descriptors << " descriptors");
        lab.training = {{"steps", Json::parse(R"([{"sleep": 0.1}, {"print": "accuracy: 1\n"}])")}};
        const RunResult result = run_process(
            behind_shell(lab.tool(lab.toy_run(1, {"-mr", "0"})), "ulimit -n " + std::to_string(descriptors)));
        INFO(result.all());
        CHECK_FALSE(result.timed_out);
        exits.insert(result.exit_code);
        CHECK((result.exit_code == 0 || result.exit_code == 1 || result.exit_code == 3));
        CHECK((result.exit_code == 0 || !result.err.empty()));
        if (result.exit_code == 0) {
            Json record = lab.record();
            CHECK(record_problems(record) == "");
            CHECK(read_text(lab.experiments().at(0) / "training.log") == "accuracy: 1\n");
        }
        CHECK(processes_of(lab.root()).empty());
    }
    CHECK(exits.count(0) == 1);
}

TEST_CASE("a killed perf leaves a reported gap and does not affect the training", "[faults]") {
    Lab lab;
    lab.training = {
        {"steps", Json::parse(R"([{"sleep": 2}, {"touch": "../../half"}, {"sleep": 2}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1, {"-mr", "0"})));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "half"); }, 20));
    for (const Json& started : lab.journal("perf", "workload"))
        ::kill(started["pid"].get<pid_t>(), SIGTERM);
    CHECK(tool.wait().exit_code == 0);
    Json record = lab.record();
    INFO(record.dump(1));
    CHECK(record["status"] == "ok");
    CHECK(record["attempts"].size() == 1);
    Json quality = record["energy_quality"]["cpu"];
    CHECK(quality["coverage_percent"].get<double>() < 65);
    CHECK(quality["verdict"] != "good");
    CHECK_THAT(quality["reason"].dump(),
               Contains("perf ended with status 143 ") && Contains(" s after the training's start"));
}

TEST_CASE("killing program and guardian together leaves no process", "[faults]") {
    Lab lab;
    lab.training = {{"ignore", {"INT", "TERM", "HUP"}},
                    {"steps", Json::parse(R"([{"spawn": 300, "setsid": true}, {"print": "on\n"}, {"hang": true}])")}};
    RunningProcess guardian(lab.tool(lab.toy_run(2)));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 20));
    const pid_t tool = children_of(guardian.pid()).at(0);
    guardian.send(SIGSTOP); // else it might act between the two
    ::kill(tool, SIGKILL);
    guardian.send(SIGKILL);
    guardian.wait();
    CHECK(eventually([&] { return processes_of(lab.root()).empty(); }, 5));
    for (const auto& line : processes_of(lab.root()))
        UNSCOPED_INFO(line);
    CHECK(processes_of(lab.root()).empty());
}

} // namespace mutation::e2e
