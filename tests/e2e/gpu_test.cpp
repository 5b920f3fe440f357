#include "catch.hpp"

#include "json_schema.hpp"

namespace mutation::e2e {

namespace {

using Catch::Contains;

Json undisturbed_record(Lab& lab, double seconds) {
    lab.training = {
        {"steps", Json::array({{{"print", "on\n"}}, {{"sleep", seconds}}, {{"print", "accuracy: 0.9\n"}}})}};
    const auto result = lab.run(lab.toy_run(1));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.journal("training", "start").size() == 1);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "ok");
    CHECK(record["duration_seconds"].get<double>() == Approx(seconds).margin(0.3));
    CHECK(processes_of(lab.root()).empty());
    return record;
}

void check_gpu_absent(Json record) {
    for (const char* name : {"gpu_power_avg_watts", "gpu_energy_total_joules"})
        CHECK(record["energy_metrics"][name].is_null());
    CHECK(record["energy_quality"]["gpu"]["verdict"] == "absent");
    REQUIRE(record["energy_quality"]["gpu"]["reason"].is_string());
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].is_number());
}

void check_gpu_watts(Json record, double watts) {
    const double joules = watts * record["duration_seconds"].get<double>();
    CHECK(record["energy_metrics"]["gpu_energy_total_joules"].get<double>() == Approx(joules).epsilon(0.005));
    CHECK(record["energy_metrics"]["gpu_power_avg_watts"].get<double>() == Approx(watts).epsilon(0.005));
}

void add_second_gpu(Lab& lab) {
    lab.smi["gpus"].push_back({{"uuid", "GPU-99999999-8888-7777-6666-555555555555"},
                               {"power", 70},
                               {"temperature", 40},
                               {"utilization", 20}});
}

} // namespace

TEST_CASE("one nvidia-smi streams for a training, and its samples are in files", "[gpu]") {
    Lab lab;
    Json record = undisturbed_record(lab, 1);
    check_gpu_watts(record, 200);
    CHECK(record["energy_metrics"]["gpu_temp_avg_celsius"] == 50);
    CHECK(record["energy_metrics"]["gpu_temp_max_celsius"] == 50);
    CHECK(record["energy_metrics"]["gpu_util_avg_percent"] == 80);
    CHECK(record["energy_quality"]["gpu"]["method"] == "nvidia_smi");
    CHECK(record["energy_quality"]["gpu"]["verdict"] == "good");
    CHECK(lab.journal("smi", "stream").size() == 1);
    REQUIRE(record["gpus"].size() == 1);
    CHECK(record["gpus"][0]["uuid"] == "GPU-11111111-2222-3333-4444-555555555555");
    const auto rows = read_csv(lab.experiments().at(0) / "energy/gpu_power.csv");
    CHECK(rows.size() >= 9);
    CHECK(rows.at(0).at("gpu_uuid") == "GPU-11111111-2222-3333-4444-555555555555");
    CHECK(std::stod(rows.at(0).at("power_draw_w")) == 200);
    CHECK(std::stod(rows.front().at("timestamp")) <= record["window"]["start_epoch_seconds"].get<double>() + 0.01);
    CHECK(std::stod(rows.back().at("timestamp")) >= record["window"]["end_epoch_seconds"].get<double>() - 0.01);
}

TEST_CASE("an nvidia-smi without a driver gives nulls with its message", "[gpu]") {
    Lab lab;
    lab.smi = {{"fail", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."}};
    Json record = undisturbed_record(lab, 0.3);
    check_gpu_absent(record);
    CHECK_THAT(record["energy_quality"]["gpu"]["reason"].get<std::string>(),
               Contains("communicate with the NVIDIA driver"));
}

TEST_CASE("an nvidia-smi that hangs and ignores SIGTERM is killed without a long delay", "[gpu_faults]") {
    Lab lab;
    lab.limit = 90;
    lab.smi["hang"] = true;
    check_gpu_absent(undisturbed_record(lab, 0.3));
}

TEST_CASE("a machine without GPUs has none", "[gpu]") {
    Lab lab;
    lab.smi["gpus"] = Json::array();
    check_gpu_absent(undisturbed_record(lab, 0.3));
}

TEST_CASE("a GPU without power readings gives null, not 0", "[gpu]") {
    Lab lab;
    for (const char* field : {"power.draw", "power.draw.average", "power.draw.instant"})
        lab.smi["gpus"][0]["fields"][field] = "[N/A]";
    check_gpu_absent(undisturbed_record(lab, 0.5));
    CHECK(lab.record()["energy_metrics"]["gpu_util_avg_percent"] == 80);
}

TEST_CASE("if a driver does not know a field, another one is requested", "[gpu]") {
    Lab lab;
    lab.smi["gpus"][0]["name"] = "NVIDIA GeForce RTX 3090";
    lab.smi["unknown_fields"] = {"power.draw.instant", "power.draw.average", "clocks_event_reasons.active",
                                 "temperature.memory"};
    check_gpu_watts(undisturbed_record(lab, 1), 200);
}

TEST_CASE("a sampler that dies is started again and its gap is reported", "[gpu_faults]") {
    Lab lab;
    lab.smi["die_after"] = 1.5;
    lab.smi["faults_until_call"] = 1;
    Json record = undisturbed_record(lab, 4);
    CHECK(lab.journal("smi", "stream").size() >= 2);
    check_gpu_watts(record, 200);
}

TEST_CASE("a silent sampler is started again", "[gpu_faults]") {
    Lab lab;
    lab.smi["silent_after"] = 1.0;
    lab.smi["faults_until_call"] = 1;
    Json record = undisturbed_record(lab, 10);
    CHECK(lab.journal("smi", "stream").size() >= 2);
    check_gpu_watts(record, 200);
    CHECK(record["energy_quality"]["gpu"]["longest_gap_seconds"].get<double>() > 1);
}

TEST_CASE("a sampler that dies repeatedly gives its samples, with their coverage", "[gpu_faults]") {
    Lab lab;
    lab.smi["die_after"] = 1.2;
    lab.smi["start_latency"] = 0.8;
    Json record = undisturbed_record(lab, 5);
    Json quality = record["energy_quality"]["gpu"];
    CHECK(quality["verdict"] != "good");
    CHECK(quality["coverage_percent"].get<double>() < 100);
}

TEST_CASE("late, missing, duplicate and garbled lines hardly change the figure", "[gpu_faults]") {
    Lab lab;
    lab.smi["drop_every"] = 7;
    lab.smi["double_every"] = 5;
    lab.smi["delay_every"] = 6;
    lab.smi["delay"] = 0.25;
    lab.smi["garbage_every"] = 4;
    check_gpu_watts(undisturbed_record(lab, 3), 200);
}

TEST_CASE("a jump of the wall clock changes nothing", "[gpu_faults]") {
    Lab lab;
    lab.smi["step_after"] = 1.5;
    SECTION("forward") {
        lab.smi["step_by"] = 3600;
    }
    SECTION("backward") {
        lab.smi["step_by"] = -3600;
    }
    Json record = undisturbed_record(lab, 3);
    check_gpu_watts(record, 200);
    CHECK(record["energy_quality"]["gpu"]["coverage_percent"].get<double>() > 90);
}

TEST_CASE("GPUs that the training cannot see are listed and not counted", "[gpu]") {
    Lab lab;
    add_second_gpu(lab);
    double watts = 0;
    std::vector<bool> counted;
    SECTION("all where nothing is said") {
        watts = 270;
        counted = {true, true};
    }
    SECTION("by the repository's environment") {
        lab.repositories["toy"]["environment"] = {{"CUDA_VISIBLE_DEVICES", "0"}};
        watts = 200;
        counted = {true, false};
    }
    Json record = undisturbed_record(lab, 1);
    check_gpu_watts(record, watts);
    REQUIRE(record["gpus"].size() == 2);
    CHECK(record["gpus"][0]["counted"] == counted.at(0));
    CHECK(record["gpus"][1]["counted"] == counted.at(1));
}

TEST_CASE("a training that sees no GPU has no GPU energy, with that reason", "[gpu]") {
    Lab lab;
    // An empty value is a value here: the lab's own "unset" does not do.
    lab.repositories["toy"]["environment"] = {{"CUDA_VISIBLE_DEVICES", ""}};
    Json record = undisturbed_record(lab, 0.5);
    check_gpu_absent(record);
    CHECK_THAT(record["energy_quality"]["gpu"]["reason"].get<std::string>(), Contains("CUDA_VISIBLE_DEVICES"));
}

TEST_CASE("other processes on the GPU are named in the record and on the screen", "[gpu]") {
    Lab lab;
    lab.smi["compute_apps"] = Json::array({{{"pid", 1}, // not ours
                                            {"name", "/usr/bin/their_job"},
                                            {"gpu_uuid", "GPU-11111111-2222-3333-4444-555555555555"},
                                            {"used_memory", 4096}}});
    lab.training = {{"steps", Json::parse(R"([{"sleep": 1}, {"print": "accuracy: 0.9\n"}])")}};
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 0);
    CHECK_THAT(lab.record()["contamination"]["gpu_processes"].dump(), Contains("their_job"));
    CHECK_THAT(result.all(), Contains("their_job"));
    CHECK(lab.record()["energy_quality"]["gpu"]["verdict"] == "poor");
    CHECK_THAT(lab.record()["energy_quality"]["gpu"]["reason"].dump(), Contains("their_job"));
}

TEST_CASE("another process that uses the GPU during a training is named", "[gpu]") {
    Lab lab;
    const fs::path list = lab.root() / "processes";
    const auto looks = [&] { return fs::exists(list.string() + ".asked") ? read_text(list.string() + ".asked") : ""; };
    lab.environment = {{"LD_LIBRARY_PATH", FAKE_NVML_FOLDER}, {"FAKE_NVML", list.string()}};
    lab.training = {
        {"steps",
         Json::parse(R"([{"touch": "../../started"}, {"wait_for": "../../looked"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "started"); }, 30));
    const std::string uuid = lab.smi["gpus"][0]["uuid"];
    std::string lines = uuid + " 1\nGPU-of-others 2\n";
    std::vector<pid_t> open{tool.pid()};
    while (!open.empty()) {
        const pid_t process = open.back();
        open.pop_back();
        for (const pid_t child : children_of(process)) {
            lines += uuid + " " + std::to_string(child) + "\n";
            open.push_back(child);
        }
    }
    write_text(list.string() + ".new", lines);
    fs::rename(list.string() + ".new", list);
    const auto before = looks().size();
    REQUIRE(eventually([&] { return looks().size() > before; }, 30));
    write_text(lab.root() / "looked", "");
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    std::string first = read_text("/proc/1/comm");
    first = "1 " + first.substr(0, first.find('\n'));
    CHECK(record["contamination"]["gpu_processes"] == Json::array({first}));
    CHECK(record["energy_quality"]["gpu"]["verdict"] == "poor");
}

TEST_CASE("a throttled card is reported and recorded, and its figure is valid", "[gpu]") {
    Lab lab;
    lab.smi["gpus"][0]["fields"]["clocks_event_reasons.active"] = "0x0000000000000024";
    lab.training = {{"steps", Json::parse(R"([{"sleep": 1}, {"print": "accuracy: 0.9\n"}])")}};
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    CHECK(record["contamination"]["throttle_reasons"] == Json::array({"sw_power_cap", "sw_thermal_slowdown"}));
    CHECK_THAT(result.all(), Contains("throttled (sw_power_cap, sw_thermal_slowdown)"));
    CHECK(record["energy_quality"]["gpu"]["verdict"] == "good");
}

TEST_CASE("a training that ends between two samples has no GPU figure", "[gpu]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"sleep": 0.5}, {"print": "accuracy: 0.9\n"}])")}};
    Json entry = {{"mode", "default"}, {"repo", "toy"}, {"model", "tiny"}};
    const auto result = lab.run({"-ec", lab.config({{"sample_interval_ms", 20000},
                                                    {"baseline_seconds", 0},
                                                    {"cooldown_seconds", 0},
                                                    {"experiments", Json::array({entry})}})});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    check_gpu_absent(record);
    CHECK_THAT(record["energy_quality"]["gpu"]["reason"].get<std::string>(), Contains("sample_interval_ms"));
    CHECK(record["gpus"][0]["power_max_watts"].is_null());
}

} // namespace mutation::e2e
