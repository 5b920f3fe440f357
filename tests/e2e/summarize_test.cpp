#include "catch.hpp"

#include "json_schema.hpp"
#include "lab.hpp"

namespace mutation::e2e {

TEST_CASE("summarize makes the very summary again that the session wrote", "[record]") {
    Lab lab;
    REQUIRE(lab.run(lab.toy_run(2)).exit_code == 0);
    const auto file = lab.session() / "summary.csv";
    const auto before = read_text(file);
    fs::remove(file);
    CHECK(lab.run({"summarize", lab.session().string()}).exit_code == 0);
    CHECK(read_text(file) == before);
}

TEST_CASE("summarize reads metrics anew by another registry's patterns and keeps the old record beside", "[record]") {
    Lab lab;
    lab.repositories["toy"]["performance_metrics"]["log_patterns"] = {{"accuracy", "never: ([0-9.]+)"}};
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    CHECK(lab.record()["status"] == "ok_without_metrics");
    Json toy = lab.repositories["toy"];
    toy["performance_metrics"]["log_patterns"] = {{"accuracy", "accuracy: ([0-9.]+)"}};
    write_text(lab.root() / "config/models.json", Json{{"models", {{"toy", toy}}}}.dump());
    Json before = lab.record();
    CHECK(lab.run({"summarize", lab.session().string(), "-c", "config/models.json"}).exit_code == 0);
    Json after = lab.record();
    CHECK(after["performance_metrics"]["accuracy"] == 0.9125);
    CHECK(lab.summary().at(0).at("perf_accuracy") == "0.9125");
    CHECK(read_json(lab.experiments().at(0) / "experiment.json.orig") == before);
    CHECK(after["status"] == "ok"); // it was ok_without_metrics
    CHECK(after["attempts"][0]["status"] == "ok");
    CHECK(after["attempts"][0]["remarks"] == Json::array());
    CHECK_THAT(before["attempts"][0]["remarks"].dump(), Catch::Contains("never: ([0-9.]+)"));
    for (const char* derived : {"performance_metrics", "status"})
        after[derived] = before[derived];
    for (const char* derived : {"status", "remarks"})
        after["attempts"][0][derived] = before["attempts"][0][derived];
    CHECK(after == before);
}

TEST_CASE("after summarize with a corrected pattern there is nothing to run again", "[record]") {
    Lab lab;
    lab.repositories["toy"]["performance_metrics"]["log_patterns"] = {{"accuracy", "Acuracy: ([0-9.]+)"}};
    lab.repositories["toy"]["required_metrics"] = {"accuracy"};
    REQUIRE(lab.run(lab.toy_run(2)).exit_code == 1);
    CHECK(lab.record()["status"] == "failed");
    CHECK_THAT(lab.record()["error_message"].get<std::string>(),
               Catch::Contains("'Acuracy: ([0-9.]+)' matches nothing") &&
                   Catch::Contains("similar line is \"accuracy: "));
    lab.repositories["toy"]["performance_metrics"]["log_patterns"] = {{"accuracy", "accuracy: ([0-9.]+)"}};
    CHECK(lab.run({"summarize", lab.session().string()}).exit_code == 0);
    for (const std::size_t run : {0U, 1U}) {
        const Json record = lab.record(run);
        CHECK(record_problems(record) == "");
        CHECK(record["status"] == "ok");
        CHECK(record["training_success"] == true);
        CHECK(record["error_message"] == "");
        CHECK(record["performance_metrics"]["accuracy"] == 0.9125);
        CHECK(lab.summary().at(run).at("training_success") == "True");
    }
    const auto result = lab.run({"resume", lab.session().string(), "--retry-failed"});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.experiments().size() == 2);
    CHECK_FALSE(fs::exists(lab.experiments().at(0) / "attempt_1"));
}

TEST_CASE("summarize reads a session of v3.0, parallel records too", "[record]") {
    Lab lab;
    const fs::path session = lab.results() / "run_20251118_155526";
    Json flat =
        Json::parse(R"({"experiment_id": "toy_tiny_001", "timestamp": "2025-11-18T15:55:26.123456", "repository": "toy",
        "model": "tiny", "hyperparameters": {"learning_rate": 0.05}, "duration_seconds": 12.5,
        "energy_metrics": {"cpu_energy_pkg_joules": 100.5, "gpu_energy_total_joules": 2000.25},
        "performance_metrics": {}, "training_success": true, "retries": 0, "error_message": "", "their_own": [1, 2]})");
    Json nested = flat;
    nested["experiment_id"] = "toy_tiny_002_parallel";
    nested["foreground"] = flat;
    for (const char* key :
         {"hyperparameters", "duration_seconds", "energy_metrics", "performance_metrics", "training_success"})
        nested.erase(key);
    nested["mode"] = "parallel";
    write_text(session / "toy_tiny_001/experiment.json", flat.dump());
    write_text(session / "toy_tiny_001/terminal_output.txt", "epoch 1\raccuracy: 0.625\n");
    write_text(session / "toy_tiny_002_parallel/experiment.json", nested.dump());
    const auto result = lab.run({"summarize", session.string()});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    const auto rows = lab.summary();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("perf_accuracy") == "0.625");
    CHECK(rows[0].at("energy_gpu_total_joules") == "2000.25");
    CHECK(rows[1].at("energy_gpu_total_joules") == "2000.25");
    CHECK(rows[1].at("hyperparam_learning_rate") == "0.05");
    CHECK(lab.record(0)["their_own"] == Json({1, 2}));
}

TEST_CASE("records of a newer schema are refused", "[record]") {
    Lab lab;
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    Json record = lab.record();
    record["schema_version"] = 99;
    write_text(lab.experiments().at(0) / "experiment.json", record.dump());
    const auto result = lab.run({"summarize", lab.session().string()});
    CHECK(result.exit_code != 0);
    CHECK_THAT(result.err, Catch::Contains("schema_version") || Catch::Contains("newer"));
}

} // namespace mutation::e2e
