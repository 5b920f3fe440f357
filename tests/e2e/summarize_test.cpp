#include "catch.hpp"

#include "json_schema.hpp"
#include "lab.hpp"

namespace mutation::e2e {

TEST_CASE("summarize rebuilds exactly the session's summary", "[record]") {
    Lab lab;
    REQUIRE(lab.run(lab.toy_run(2)).exit_code == 0);
    const auto file = lab.session() / "summary.csv";
    const auto before = read_text(file);
    fs::remove(file);
    CHECK(lab.run({"summarize", lab.session().string()}).exit_code == 0);
    CHECK(read_text(file) == before);
}

TEST_CASE("summarize reads metrics with another registry and keeps the old record", "[record]") {
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

TEST_CASE("after summarize with a corrected pattern, resume has nothing to run", "[record]") {
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

} // namespace mutation::e2e
