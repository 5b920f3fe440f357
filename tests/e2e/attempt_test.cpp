#include "catch.hpp"

#include "json_schema.hpp"

namespace mutation::e2e {

using Catch::Contains;

TEST_CASE("a failed training is retried, and each attempt's log and energy is kept", "[record]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"print": "first\n"}, {"sleep": 0.6}, {"exit": 3}],
                                             [{"print": "second\n"}, {"sleep": 0.6}, {"signal": 11}],
                                             [{"print": "third\naccuracy: 0.7\n"}, {"sleep": 0.6}]])")}};
    const auto result = lab.run(lab.toy_run(1, {"-mr", "2"}));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record();
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "ok");
    CHECK(record["retries"] == 2);
    Json attempts = record["attempts"];
    REQUIRE(attempts.size() == 3);
    CHECK(attempts[0]["status"] == "failed");
    CHECK(attempts[0]["exit_code"] == 3);
    CHECK(attempts[0]["signal"].is_null());
    CHECK(attempts[0]["directory"] == "attempt_1");
    CHECK(attempts[1]["exit_code"].is_null());
    CHECK(attempts[1]["signal"] == 11);
    CHECK(attempts[2]["directory"] == ".");
    const fs::path experiment = lab.experiments().at(0);
    CHECK(read_text(experiment / "attempt_1/training.log") == "first\n");
    CHECK(read_text(experiment / "attempt_2/training.log") == "second\n");
    CHECK_THAT(read_text(experiment / "training.log"), Contains("third"));
    CHECK(fs::exists(experiment / "attempt_1/energy/gpu_power.csv"));
    for (const Json& attempt : attempts)
        CHECK(attempt.at("energy_quality").at("gpu").at("samples").get<int>() > 0);
    CHECK(attempts[2]["energy_quality"] == record["energy_quality"]);
    double wasted = 0;
    for (const int i : {0, 1}) {
        CHECK(attempts[i]["energy_metrics"]["gpu_energy_total_joules"].get<double>() > 50);
        wasted += attempts[i]["energy_metrics"]["gpu_energy_total_joules"].get<double>() +
                  attempts[i]["energy_metrics"]["cpu_energy_total_joules"].get<double>();
    }
    CHECK(record["failed_attempts_energy_joules"].get<double>() == Approx(wasted));
    const auto starts = lab.journal("training", "start");
    CHECK(starts.at(0)["argv"] == starts.at(2)["argv"]);
}

TEST_CASE("after the last retry, the session continues and exits with 1", "[record]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"exit": 1}], [{"exit": 1}], [{"print": "accuracy: 0.7\n"}]])")}};
    const auto result = lab.run(lab.toy_run(2, {"-mr", "1"}));
    CHECK(result.exit_code == 1);
    CHECK(lab.record(0)["status"] == "failed");
    CHECK(lab.record(0)["training_success"] == false);
    CHECK(lab.record(0)["retries"] == 1);
    CHECK(lab.record(0)["error_message"] != "");
    CHECK(lab.record(1)["status"] == "ok");
    const auto rows = lab.summary();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("training_success") == "False");
    CHECK(record_problems(lab.record(0)) == "");
}

TEST_CASE("a run without a metric is reported at once and recorded as ok_without_metrics", "[record]") {
    Lab lab;
    lab.training = {
        {"runs",
         Json::parse(R"([[{"print": "nothing to see\n"}], [{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}]])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    CHECK(eventually([&] { return lab.journal("training", "start").size() == 2; }, 20));
    CHECK_THAT(read_text(lab.session() / "session.log"), Contains("metric"));
    write_text(lab.root() / "go", "");
    const auto result = tool.wait();
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("metric"));
    CHECK(lab.record(0)["status"] == "ok_without_metrics");
    CHECK(lab.record(0)["training_success"] == true);
    CHECK(lab.record(0)["retries"] == 0);
}

TEST_CASE("a missing required metric is a failure without a retry", "[record]") {
    Lab lab;
    lab.repositories["toy"]["required_metrics"] = {"accuracy"};
    SECTION("not in the log") {
        lab.training = {{"steps", Json::parse(R"([{"print": "loss: 0.5\n"}])")}};
    }
    SECTION("not a number") {
        lab.repositories["toy"]["performance_metrics"]["log_patterns"]["accuracy"] = "accuracy: (\\S+)";
        lab.training = {{"steps", Json::parse(R"([{"print": "loss: 0.5\naccuracy: nan\n"}])")}};
    }
    CHECK(lab.run(lab.toy_run(1)).exit_code == 1);
    Json record = lab.record();
    CHECK(record["status"] == "failed");
    CHECK(record["retries"] == 0);
    CHECK(record["attempts"][0]["exit_code"] == 0);
    CHECK_THAT(record["error_message"].get<std::string>(), Contains("accuracy"));
    CHECK(lab.journal("training", "start").size() == 1);
}

TEST_CASE("a failure pattern fails a training with exit status 0", "[record]") {
    Lab lab;
    lab.repositories["toy"]["failure_patterns"] = {"ERRORS ENCOUNTERED"};
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 0.9\nERRORS ENCOUNTERED\n"}])")}};
    CHECK(lab.run(lab.toy_run(1, {"-mr", "0"})).exit_code == 1);
    CHECK(lab.record()["status"] == "failed");
    CHECK_THAT(lab.record()["error_message"].get<std::string>(), Contains("ERRORS ENCOUNTERED"));
}

TEST_CASE("a metric is found after a progress bar, in colour, and on an unfinished last line", "[record]") {
    Lab lab;
    lab.repositories["toy"]["performance_metrics"]["log_patterns"] = {{"bar", "(?m)^bar: ([0-9.]+)"},
                                                                      {"colour", "(?m)^colour: ([0-9.]+)"},
                                                                      {"last", "(?m)^last: ([0-9.]+)$"},
                                                                      {"cut", "cut: ([0-9]+)"}};
    lab.training = {
        {"steps",
         Json::parse(
             R"([{"print": " 10%|#    |\r 50%|##   |\rbar: 0.5\r\n"}, {"stderr": "\u001b[32mcolour\u001b[0m: 0.75\n"},
                                              {"print": "cut: 4580/5000\n"}, {"print": "last: 1\nlast: 0.875"}])")}};
    CHECK(lab.run(lab.toy_run(1)).exit_code == 0);
    Json metrics = lab.record()["performance_metrics"];
    CHECK(metrics["bar"] == 0.5);
    CHECK(metrics["colour"] == 0.75);
    CHECK(metrics["last"] == 0.875);
    CHECK((!metrics.contains("cut") || metrics["cut"].is_null()));
    CHECK_THAT(read_text(lab.experiments().at(0) / "training.log"), Contains("\x1b[32m"));
}

TEST_CASE("a training over its time limit is ended with all its processes", "[record]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"spawn": 60, "setsid": true}, {"print": "on\n"}, {"sleep": 60}])")}};
    CHECK(lab.run(lab.toy_run(1, {"--timeout", "1", "-mr", "0"})).exit_code == 1);
    Json record = lab.record();
    CHECK(record["status"] == "timed_out");
    CHECK(record["duration_seconds"].get<double>() == Approx(1).margin(0.5));
    CHECK(record_problems(record) == "");
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a training without output is stalled, one with output is not", "[record]") {
    Lab lab;
    lab.repositories["toy"]["stall_seconds"] = 1;
    lab.training = {{"runs", Json::parse(R"([[{"print": "on\n"}, {"sleep": 60}],
                                             [{"tick": ".", "every": 0.3, "times": 6}, {"print": "\naccuracy: 1\n"}]])")}};
    CHECK(lab.run(lab.toy_run(1, {"-mr", "1"})).exit_code == 0);
    Json record = lab.record();
    CHECK(record["attempts"][0]["status"] == "stalled");
    CHECK(record["status"] == "ok");
}

} // namespace mutation::e2e
