#include "catch.hpp"

#include "json_schema.hpp"
#include "support/csv.hpp"

#include <algorithm>
#include <memory>
#include <set>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// One second of CPU and GPU energy differs from the true one only by rounding and edges.
void check_flat_energy(Json record) {
    const double seconds = record["duration_seconds"];
    Json energy = record["energy_metrics"];
    CHECK(energy["cpu_energy_pkg_joules"].get<double>() == Approx(50 * seconds).epsilon(0.02).margin(1.5));
    CHECK(energy["cpu_energy_ram_joules"].get<double>() == Approx(5 * seconds).epsilon(0.02).margin(0.2));
    CHECK(energy["cpu_energy_total_joules"].get<double>() ==
          Approx(energy["cpu_energy_pkg_joules"].get<double>() + energy["cpu_energy_ram_joules"].get<double>()));
    CHECK(energy["gpu_energy_total_joules"].get<double>() == Approx(200 * seconds).epsilon(0.005));
}

std::vector<std::string> header_of(const fs::path& table) {
    return test::parse_csv(read_text(table)).at(0);
}

} // namespace

TEST_CASE("a run's record matches its schema and has exactly the argv's values", "[record]") {
    Lab lab;
    lab.training["steps"][1]["sleep"] = 1;
    const auto result = lab.run(lab.toy_run(2));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 2);
    const auto starts = lab.journal("training", "start");
    REQUIRE(starts.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        Json record = lab.record(i);
        CHECK(record_problems(record) == "");
        CHECK(record["experiment_id"] == lab.experiments()[i].filename().string());
        CHECK(record["session"] == lab.session().filename().string());
        CHECK(record["repository"] == "toy");
        CHECK(record["model"] == "tiny");
        CHECK(record["mode"] == "mutation");
        CHECK(record["status"] == "ok");
        CHECK(record["training_success"] == true);
        CHECK(record["retries"] == 0);
        CHECK(record["error_message"] == "");
        CHECK(record["mutated"] == Json({"learning_rate"}));
        CHECK(record["performance_metrics"]["accuracy"] == 0.9125);
        CHECK(record["performance_metrics"]["loss"] == 0.25);
        CHECK(record["command"] == starts[i]["argv"]);
        CHECK(record["hyperparameters"]["seed"].is_null());
        const auto argv = starts[i]["argv"].get<std::vector<std::string>>();
        const auto lr = std::find(argv.begin(), argv.end(), "--lr");
        REQUIRE(lr + 1 < argv.end());
        CHECK(record["hyperparameters"]["learning_rate"].dump() == Json::parse(*(lr + 1)).dump());
        CHECK(std::find(argv.begin(), argv.end(), "--seed") == argv.end());
        CHECK(record["attempts"].size() == 1);
        CHECK(record["attempts"][0]["directory"] == ".");
        CHECK(record["attempts"][0]["exit_code"] == 0);
        CHECK(record["background"].is_null());
        check_flat_energy(record);
    }
}

TEST_CASE("the recorded window is the training's own to 10 ms", "[record]") {
    Lab lab;
    REQUIRE(lab.run(lab.toy_run(3)).exit_code == 0);
    const auto starts = lab.journal("training", "start");
    const auto ends = lab.journal("training", "end");
    REQUIRE(starts.size() == 3);
    REQUIRE(ends.size() == 3);
    int close = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        Json record = lab.record(i);
        const double start = record["window"]["start_epoch_seconds"];
        const double end = record["window"]["end_epoch_seconds"];
        const double own_start = starts[i]["realtime"];
        const double own_end = ends[i]["realtime"];
        CHECK(start <= own_start);
        CHECK(end >= own_end);
        CHECK(record["duration_seconds"].get<double>() == Approx(end - start).margin(0.001));
        close += own_start - start < 0.010 && end - own_end < 0.010 ? 1 : 0;
        INFO("start " << own_start - start << " s before the training's own, end " << end - own_end << " s after");
    }
    // Two of three: a busy machine may delay the start of one process.
    CHECK(close >= 2);
}

TEST_CASE("a session has the documented folders, and its summary one row per experiment", "[record]") {
    Lab lab;
    lab.training["steps"][1]["sleep"] = 1;
    REQUIRE(lab.run(lab.toy_run(2)).exit_code == 0);
    for (const char* file : {"session.json", "session.log", "summary.csv"})
        CHECK(fs::is_regular_file(lab.session() / file));
    for (auto& experiment : lab.experiments()) {
        CHECK(fs::is_regular_file(experiment / "training.log"));
        for (const char* file :
             {"gpu_power.csv", "gpu_temperature.csv", "gpu_utilization.csv", "cpu_energy_raw.txt", "cpu_power.csv"}) {
            INFO(file);
            CHECK(fs::is_regular_file(experiment / "energy" / file));
        }
        CHECK(header_of(experiment / "energy/gpu_power.csv") ==
              std::vector<std::string>{"timestamp", "power_draw_w", "gpu_index", "gpu_uuid"});
        CHECK(header_of(experiment / "energy/cpu_power.csv") ==
              std::vector<std::string>{"timestamp", "pkg_w", "ram_w"});
        CHECK_THAT(read_text(experiment / "training.log"), Contains("accuracy: 0.9125"));
    }
    const auto header = header_of(lab.session() / "summary.csv");
    const std::vector<std::string> first{"experiment_id",     "timestamp",
                                         "repository",        "model",
                                         "training_success",  "duration_seconds",
                                         "retries",           "hyperparam_dropout",
                                         "hyperparam_epochs", "hyperparam_learning_rate"};
    REQUIRE(header.size() > first.size());
    CHECK(std::vector<std::string>(header.begin(), header.begin() + first.size()) == first);
    const auto rows = lab.summary();
    REQUIRE(rows.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(rows[i].at("experiment_id") == lab.record(i)["experiment_id"]);
        CHECK(rows[i].at("training_success") == "True");
        CHECK(rows[i].at("perf_accuracy") == "0.9125");
        CHECK((rows[i].count("hyperparam_seed") == 0 || rows[i].at("hyperparam_seed") == ""));
        CHECK(std::stod(rows[i].at("energy_gpu_total_joules")) ==
              lab.record(i)["energy_metrics"]["gpu_energy_total_joules"].get<double>());
    }
}

TEST_CASE("the summary is complete after every experiment", "[record]") {
    Lab lab;
    lab.training = {
        {"runs",
         Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"wait_for": "../../go"}, {"print": "accuracy: 2\n"}]])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    CHECK(eventually([&] { return lab.journal("training", "start").size() == 2; }, 20));
    const auto rows = lab.summary();
    CHECK(rows.size() == 1);
    CHECK(lab.experiments().size() == 1);
    write_text(lab.root() / "go", "");
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.summary().size() == 2);
}

TEST_CASE("a second session in the same second gets another name", "[record]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    lab.environment["MUTATION_SYSFS"] = (lab.root() / "nothing").string();
    std::vector<std::unique_ptr<RunningProcess>> tools;
    const Invocation invocation = lab.tool(lab.toy_run(1));
    for (int i = 0; i < 3; ++i)
        tools.push_back(std::make_unique<RunningProcess>(invocation));
    for (auto& tool : tools)
        CHECK(tool->wait().exit_code == 0);
    REQUIRE(lab.sessions().size() == 3);
    std::set<std::string> keys;
    for (const auto& session : lab.sessions()) {
        const auto row = read_csv(session / "summary.csv").at(0);
        keys.insert(row.at("session") + "/" + row.at("experiment_id"));
    }
    CHECK(keys.size() == 3);
}

TEST_CASE("a figure that was not measured is null in the record and empty in the summary", "[record]") {
    Lab lab;
    lab.environment = {{"MUTATION_SYSFS", (lab.root() / "nothing").string()},
                       {"MUTATION_PERF", ""},
                       {"MUTATION_NVIDIA_SMI", ""},
                       {"PATH", (lab.root() / "bin-of-nothing").string()}};
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    for (const auto& [name, value] : record["energy_metrics"].items()) {
        INFO(name);
        CHECK(value.is_null());
    }
    for (const char* sensor : {"cpu", "gpu"}) {
        Json quality = record["energy_quality"][sensor];
        CHECK(quality["verdict"] == "absent");
        CHECK(quality["method"].is_null());
        REQUIRE(quality["reason"].is_string());
        CHECK(quality["reason"] != "");
    }
    CHECK(lab.summary().at(0).at("energy_gpu_total_joules") == "");
    CHECK(lab.summary().at(0).at("energy_cpu_pkg_joules") == "");
}

} // namespace mutation::e2e
