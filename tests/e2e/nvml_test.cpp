#include "catch.hpp"

#include "json_schema.hpp"
#include "parallel_lab.hpp"

#include <algorithm>
#include <chrono>
#include <signal.h>
#include <sstream>

namespace mutation::e2e {

namespace {

using Catch::Contains;

constexpr int kTerminated = 143;
constexpr double kMostSecondsToObey = 20;

const std::string kFirstGpu = "GPU-11111111-2222-3333-4444-555555555555";
const std::string kSecondGpu = "GPU-99999999-8888-7777-6666-555555555555";

/// A machine with the stand-in for the driver's library.
template <class Base>
class NvmlLab : public Base {
public:
    NvmlLab() {
        this->environment = {{"LD_LIBRARY_PATH", FAKE_NVML_FOLDER},
                             {"FAKE_NVML", list().string()},
                             {"FAKE_NVML_WATTS", "200"},
                             {"FAKE_NVML_CALLER", caller().string()}};
    }

    /// Which processes compute: lines of `UUID PID`.
    [[nodiscard]] fs::path list() const { return this->root() / "processes"; }
    /// Lines of `PID UID` of the process that loaded the library.
    [[nodiscard]] fs::path caller() const { return this->root() / "caller"; }
    [[nodiscard]] pid_t helper() const {
        return fs::exists(caller()) ? static_cast<pid_t>(std::atoi(read_text(caller()).c_str())) : -1;
    }
    /// How often a card's processes were listed.
    [[nodiscard]] std::size_t looks() const {
        const fs::path asked = list().string() + ".asked";
        const std::string text = fs::exists(asked) ? read_text(asked) : "";
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }
    /// Waits for three more looks at each of `gpus` cards: two of them begin and end meanwhile.
    [[nodiscard]] bool wait_for_looks(std::size_t gpus) const {
        const std::size_t before = looks();
        return eventually([&] { return looks() >= before + 3 * gpus; }, 40);
    }
    void add_second_gpu() { this->smi["gpus"].push_back({{"uuid", kSecondGpu}, {"power", 70}}); }
};

/// A step from which a stand-in for a training computes on a card.
Json compute_on(const std::string& uuid) {
    return {{"shell", "echo " + uuid + " $PPID >> ../../processes"}};
}

bool is_alive(pid_t pid) {
    std::error_code gone;
    return pid > 0 && !fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone).empty();
}

std::string gpu_reason(Json record) {
    const Json reason = record["energy_quality"]["gpu"]["reason"];
    return reason.is_string() ? reason.get<std::string>() : "";
}

} // namespace

TEST_CASE("energy counter and GPU processes come from the NVML process", "[nvml]") {
    NvmlLab<Lab> lab;
    lab.training = {{"steps", Json::array({compute_on(kFirstGpu),
                                           {{"touch", "../../started"}},
                                           {{"wait_for", "../../looked"}},
                                           {{"print", "accuracy: 1\n"}}})}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "started"); }, 30));
    REQUIRE(lab.wait_for_looks(1));
    const std::string helper = read_text("/proc/" + std::to_string(lab.helper()) + "/cmdline");
    CHECK_THAT(helper, Contains("__nvml"));
    write_text(lab.root() / "looked", "");
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    const Json quality = record["energy_quality"]["gpu"];
    CHECK(quality["counter_joules"].get<double>() ==
          Approx(200 * record["duration_seconds"].get<double>()).epsilon(0.1));
    CHECK(quality["verdict"] == "good");
    CHECK(quality["reason"].is_null());
    CHECK(record["gpus"][0]["used_by_training"] == true);
    CHECK(record["contamination"]["gpu_processes"] == Json::array());
    CHECK_FALSE(is_alive(lab.helper()));
}

TEST_CASE("a counted card that the training did not use is named, and a background is not the training", "[nvml]") {
    NvmlLab<ParallelLab> lab;
    lab.add_second_gpu();
    lab.background = {{"steps", Json::array({compute_on(kFirstGpu), {{"hang", true}}})}};
    lab.training = {{"steps", Json::array({compute_on(kSecondGpu),
                                           {{"touch", "../../started"}},
                                           {{"wait_for", "../../looked"}},
                                           {{"print", "accuracy: 1\n"}}})}};
    const bool is_counted = GENERATE(true, false);
    CAPTURE(is_counted);
    if (!is_counted)
        lab.environment["CUDA_VISIBLE_DEVICES"] = kFirstGpu;
    RunningProcess tool(lab.tool(lab.session_of({lab.beside(1, false)})));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "started"); }, 30));
    REQUIRE(lab.wait_for_looks(2));
    write_text(lab.root() / "looked", "");
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    CHECK(record["gpus"][0]["used_by_training"] == false);
    CHECK(record["gpus"][1]["used_by_training"] == true);
    CHECK(record["gpus"][1]["counted"] == is_counted);
    CHECK_THAT(gpu_reason(record), Contains("the total includes GPU 0, which the training never used"));
    CHECK_THAT(result.all(), Contains("the total includes GPU 0"));
    if (!is_counted)
        CHECK_THAT(gpu_reason(record), Contains("does not include GPU 1"));
    CHECK(record["contamination"]["gpu_processes"] == Json::array());
}

TEST_CASE("used_by_training is null if the training was never seen on a card", "[nvml]") {
    NvmlLab<Lab> lab;
    lab.add_second_gpu();
    lab.training = {{"steps", Json::parse(R"([{"sleep": 0.5}, {"print": "accuracy: 1\n"}])")}};
    const auto result = lab.run(lab.toy_run(1));
    INFO(result.all());
    Json record = lab.record();
    for (Json gpu : record["gpus"])
        CHECK(gpu["used_by_training"].is_null());
    CHECK(gpu_reason(record) == "");
}

TEST_CASE("a crash in the driver's library loses no figure and is reported once", "[nvml]") {
    NvmlLab<Lab> lab;
    lab.environment["FAKE_NVML_FAULT"] = GENERATE("crash_init", "crash_counter", "crash_list");
    CAPTURE(lab.environment["FAKE_NVML_FAULT"]);
    lab.training = {{"steps", Json::parse(R"([{"sleep": 1}, {"print": "accuracy: 1\n"}])")}};
    const auto result = lab.run(lab.toy_run(2));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    for (const std::size_t run : {0, 1}) {
        Json record = lab.record(run);
        CHECK(record["status"] == "ok");
        CHECK(record["energy_metrics"]["gpu_power_avg_watts"].get<double>() == Approx(200).epsilon(0.005));
        CHECK(record["energy_quality"]["gpu"]["verdict"] == "good");
        CHECK(record["energy_quality"]["gpu"]["counter_joules"].is_null());
        CHECK((gpu_reason(record).find("killed by signal 11") != std::string::npos) == (run == 0));
    }
    CHECK_THAT(result.all(), Contains("killed by signal 11"));
}

TEST_CASE("a hanging driver library delays neither a training nor an interrupt", "[nvml]") {
    NvmlLab<Lab> lab;
    const std::string fault = GENERATE("hang_init", "hang_list", "hang_counter");
    CAPTURE(fault);
    lab.environment["FAKE_NVML_FAULT"] = fault;
    lab.training = {{"steps", Json::parse(R"([{"sleep": 1}, {"touch": "../../on"}, {"hang": true}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "on"); }, 40));
    REQUIRE((fault != "hang_list" || eventually([&] { return lab.looks() > 0; }, 30)));
    const auto asked = std::chrono::steady_clock::now();
    tool.send(SIGTERM);
    const auto result = tool.wait();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
    INFO(result.all());
    CHECK(result.exit_code == kTerminated);
    CHECK(seconds < kMostSecondsToObey);
    Json record = lab.record();
    CHECK(record["status"] == "interrupted");
    CHECK(record["energy_metrics"]["gpu_power_avg_watts"].get<double>() == Approx(200).epsilon(0.01));
    CHECK(record["energy_quality"]["gpu"]["counter_joules"].is_null());
    CHECK_THAT(gpu_reason(record), Contains(fault == "hang_init" ? "did not start within" : "did not answer"));
    CHECK_FALSE(is_alive(lab.helper()));
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("an interrupt works while the driver's library is loading", "[nvml]") {
    NvmlLab<Lab> lab;
    lab.environment["FAKE_NVML_FAULT"] = "hang_init";
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return lab.helper() > 0; }, 30));
    tool.send(SIGTERM);
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == kTerminated);
    CHECK_FALSE(is_alive(lab.helper()));
}

TEST_CASE("a helper that hangs in the driver's library ends with a killed program", "[nvml]") {
    NvmlLab<Lab> lab;
    lab.environment["FAKE_NVML_FAULT"] = "hang_counter";
    lab.training = {{"steps", Json::parse(R"([{"touch": "../../on"}, {"hang": true}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "on") && is_alive(lab.helper()); }, 30));
    const std::vector<pid_t> children = children_of(tool.pid());
    REQUIRE(children.size() == 1);
    tool.send(SIGKILL); // the guardian, then the program, so that nothing cleans up
    ::kill(children.front(), SIGKILL);
    CHECK(eventually([&] { return !is_alive(lab.helper()); }, 20));
    tool.wait();
}

TEST_CASE("a hanging driver library does not block doctor", "[nvml]") {
    NvmlLab<Lab> lab;
    lab.environment["FAKE_NVML_FAULT"] = GENERATE("", "hang_init");
    const auto result = lab.run({"doctor"});
    INFO(result.all());
    CHECK_FALSE(result.timed_out);
    CHECK_THAT(result.all(),
               Contains(lab.environment["FAKE_NVML_FAULT"].empty() ? "cross-check" : "did not start within"));
}

} // namespace mutation::e2e
