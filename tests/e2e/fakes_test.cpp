#include "catch.hpp"

#include "fakes/curve.hpp"
#include "lab.hpp"

#include <signal.h>

// Tests of the stand-ins: other tests rely on them.

namespace mutation::e2e {

namespace {

using fakes::Curve;

double numeric_integral(const Curve& curve, double from, double to) {
    constexpr int kSteps = 2'000'000;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i)
        sum += curve.power(from + (to - from) * (i + 0.5) / kSteps);
    return sum * (to - from) / kSteps;
}

Invocation perf_on(Lab& lab, std::vector<std::string> arguments) {
    Invocation invocation = lab.tool({});
    invocation.argv = {(lab.root() / "bin/perf").string()};
    invocation.argv.insert(invocation.argv.end(), arguments.begin(), arguments.end());
    return invocation;
}

Invocation smi_on(Lab& lab, std::vector<std::string> arguments) {
    Invocation invocation = perf_on(lab, std::move(arguments));
    invocation.argv[0] = (lab.root() / "bin/nvidia-smi").string();
    return invocation;
}

} // namespace

TEST_CASE("a curve's integral is that of its power", "[fakes]") {
    for (const auto kind :
         {Curve::Kind::constant, Curve::Kind::square, Curve::Kind::ramp, Curve::Kind::sine, Curve::Kind::saw}) {
        Curve curve;
        curve.kind = kind;
        curve.level = 100;
        curve.amplitude = 60;
        curve.period = 1.7;
        curve.phase = 0.4;
        curve.duty = 0.3;
        INFO(static_cast<int>(kind));
        CHECK(curve.integral(-1.3, 4.9) == Approx(numeric_integral(curve, -1.3, 4.9)).epsilon(1e-5));
        CHECK(curve.mean_before(2.0, 0.5) == Approx(curve.integral(1.5, 2.0) / 0.5));
    }
}

TEST_CASE("fake_perf counts its curve and exits with 0 whatever the command did", "[fakes]") {
    Lab lab;
    lab.perf["events"]["power/energy-pkg/"] = {{"kind", "ramp"}, {"level", 10}, {"amplitude", 90}, {"period", 2}};
    const auto log = lab.root() / "counts";
    const auto result = run_process(perf_on(lab, {"stat", "-a", "-I", "100", "-x", ";", "-e", "power/energy-pkg/", "-o",
                                                  log.string(), "--", "/bin/sh", "-c", "sleep 0.35; kill -9 $$"}));
    CHECK(result.exit_code == 0);
    double sum = 0;
    int lines = 0;
    std::istringstream in(read_text(log));
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        const auto first = line.find(';');
        sum += std::stod(line.substr(first + 1));
        ++lines;
    }
    Json end = lab.journal("perf", "end").at(0);
    const Curve truth{Curve::Kind::ramp, 10, 90, 2, 0, 0.5};
    CHECK(lines == 4);
    CHECK(
        sum ==
        Approx(truth.integral(end["from"].get<double>() - lab.t0(), end["to"].get<double>() - lab.t0())).margin(0.03));
}

TEST_CASE("fake_perf refuses what perf refuses and then runs nothing", "[fakes]") {
    Lab lab;
    const auto mark = (lab.root() / "ran").string();
    const auto log = (lab.root() / "counts").string();
    const auto unknown =
        run_process(perf_on(lab, {"stat", "-a", "-I", "1000", "-x", ";", "-e", "power/energy-pkg/,power/energy-psys/",
                                  "-o", log, "--", "/bin/touch", mark}));
    CHECK(unknown.exit_code == 129);
    CHECK_THAT(unknown.err, Catch::Contains("event syntax error"));
    CHECK(run_process(perf_on(lab, {"stat", "-e", "power/energy-pkg/", "--", "/bin/touch", mark})).exit_code == 129);
    CHECK(run_process(perf_on(lab, {"record", "-a"})).exit_code == 129);
    lab.perf["refuse"] = "Access to performance monitoring is limited.";
    const auto refused = run_process(perf_on(
        lab, {"stat", "-a", "-I", "1000", "-x", ";", "-e", "power/energy-pkg/", "-o", log, "--", "/bin/touch", mark}));
    CHECK(refused.exit_code == 255);
    CHECK_FALSE(fs::exists(mark));
}

TEST_CASE("fake_perf leaves its command running if it crashes", "[fakes]") {
    Lab lab;
    lab.perf["crash_after"] = 0.2;
    const auto mark = (lab.root() / "ran").string();
    const auto result = run_process(
        perf_on(lab, {"stat", "-a", "-I", "100", "-x", ",", "-e", "power/energy-pkg/", "-o",
                      (lab.root() / "counts").string(), "--", "/bin/sh", "-c", "sleep 0.6; touch " + mark}));
    CHECK(result.exit_code == 128 + SIGKILL);
    CHECK_FALSE(fs::exists(mark));
    CHECK(eventually([&] { return fs::exists(mark); }));
}

TEST_CASE("fake_nvidia_smi answers for every GPU and refuses an unknown field", "[fakes]") {
    Lab lab;
    lab.smi["gpus"].push_back({{"uuid", "GPU-b"}, {"power", 120.5}, {"fields", {{"power.draw.average", "[N/A]"}}}});
    lab.smi["unknown_fields"] = {"power.draw.instant"};
    const std::string format = "--format=csv,noheader,nounits";
    const auto lines = run_process(smi_on(lab, {"--query-gpu=index,uuid,power.draw,power.draw.average", format}));
    CHECK(lines.exit_code == 0);
    CHECK(lines.out == "0, GPU-11111111-2222-3333-4444-555555555555, 200.00, 200.00\n1, GPU-b, 120.50, [N/A]\n");
    const auto unknown = run_process(smi_on(lab, {"--query-gpu=power.draw.instant", format}));
    CHECK(unknown.exit_code == 2);
    CHECK_THAT(unknown.out, Catch::Contains("Field \"power.draw.instant\" is not a valid field to query."));
    CHECK(run_process(smi_on(lab, {"-q"})).exit_code == 2);
    CHECK(run_process(smi_on(lab, {"-L"})).exit_code == 0);
}

TEST_CASE("fake_nvidia_smi shows the mean over the past if a card averages", "[fakes]") {
    Lab lab;
    lab.smi["t0"] = lab.t0() - 1000;
    lab.smi["gpus"][0]["power"] = {{"kind", "ramp"}, {"level", 0}, {"amplitude", 100000}, {"period", 100000}};
    lab.smi["gpus"][0]["averaging"] = {{"power.draw", 10}};
    const auto line =
        run_process(smi_on(lab, {"--query-gpu=power.draw.instant,power.draw", "--format=csv,noheader,nounits"})).out;
    const double instant = std::stod(line);
    CHECK(instant > 999);
    CHECK(std::stod(line.substr(line.find(',') + 1)) == Approx(instant - 5).margin(0.02));
}

TEST_CASE("fake_nvidia_smi streams until it is ended or dies as configured", "[fakes]") {
    Lab lab;
    lab.smi["die_after"] = 0.5;
    lab.smi["double_every"] = 2;
    const auto result =
        run_process(smi_on(lab, {"--query-gpu=timestamp,power.draw", "--format=csv,noheader,nounits", "-lms", "100"}));
    CHECK(result.exit_code == 1);
    const auto lines = std::count(result.out.begin(), result.out.end(), '\n');
    CHECK(lines >= 4);
    CHECK(lines <= 8);
}

TEST_CASE("fake_training does its steps and reports how it was started", "[fakes]") {
    Lab lab;
    lab.training = {
        {"runs", Json::parse(R"([[{"print": "lr {--lr}\r"}, {"exit": 3}], [{"stderr": "e"}, {"signal": 9}]])")}};
    Invocation invocation = lab.tool({});
    invocation.argv = {(lab.root() / "work/toy/train.sh").string(), "--lr", "0.5"};
    const auto first = run_process(invocation);
    const auto second = run_process(invocation);
    CHECK(first.exit_code == 3);
    CHECK(first.out == "lr 0.5\r");
    CHECK(second.exit_code == 128 + SIGKILL);
    CHECK(second.err == "e");
    const auto starts = lab.journal("training", "start");
    REQUIRE(starts.size() == 2);
    CHECK(starts[0]["argv"][2] == "0.5");
    CHECK(starts[0]["cwd"] == fs::canonical(lab.root()).string());
}

} // namespace mutation::e2e
