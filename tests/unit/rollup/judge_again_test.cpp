#include "catch.hpp"

#include "toy_session.hpp"

using namespace mutation;
using namespace mutation::rollup;
using namespace mutation::test;

namespace {

/// A registry that requires the accuracy.
config::Registry demanding_registry(const std::string& pattern) {
    config::Registry registry = toy_registry(pattern);
    registry.repositories[0].models[0].required_metrics = {"accuracy"};
    registry.repositories[0].failure_patterns = {"CUDA out of memory"};
    return registry;
}

Json toy_attempt(const std::string& directory, const std::string& status, int exit_code, const std::string& message) {
    return Json{{"number", 1},
                {"status", status},
                {"exit_code", exit_code},
                {"signal", nullptr},
                {"energy_metrics", {{"cpu_energy_total_joules", 10.0}}},
                {"error_message", message},
                {"remarks", {"accuracy: an old remark", "the log was moved"}},
                {"directory", directory}};
}

/// One of our records, whole enough to pass the checks.
Json our_record(const std::vector<Json>& attempts) {
    const Json quality{{"verdict", "absent"}, {"uncertainty_joules", nullptr}};
    Json energy = Json::object();
    for (const char* name :
         {"cpu_energy_pkg_joules", "cpu_energy_ram_joules", "cpu_energy_total_joules", "gpu_power_avg_watts",
          "gpu_power_max_watts", "gpu_power_min_watts", "gpu_energy_total_joules", "gpu_temp_avg_celsius",
          "gpu_temp_max_celsius", "gpu_util_avg_percent", "gpu_util_max_percent"}) {
        energy[name] = nullptr;
    }
    Json record = toy_record("toy_small_001");
    record.erase("their_own");
    record.update(Json{{"schema_version", 1},
                       {"session", "run_20260101_000000"},
                       {"timestamp", "2026-01-01T00:00:00.000000"},
                       {"model", "tiny"},
                       {"mode", "default"},
                       {"hyperparameters", Json::object()},
                       {"performance_metrics", Json::object()},
                       {"status", attempts.back().at("status")},
                       {"training_success", false},
                       {"error_message", attempts.back().at("error_message")},
                       {"retries", attempts.size() - 1},
                       {"duration_seconds", 1.5},
                       {"energy_metrics", energy},
                       {"energy_quality", {{"cpu", quality}, {"gpu", quality}}},
                       {"failed_attempts_energy_joules", 10.0},
                       {"attempts", attempts},
                       {"background", nullptr},
                       {"mutated", Json::array()},
                       {"command", {"train.sh"}},
                       {"is_control", false}});
    return record;
}

constexpr const char* kOldMessage = "the training ended well, but its log lacks the required metric accuracy";
constexpr const char* kGoodPattern = "Accuracy: .* = ([0-9.]+)";

} // namespace

TEST_CASE("summarize judges a training again by its log and exit status") {
    const ToySession session(our_record({toy_attempt(".", "failed", 0, kOldMessage)}));
    const std::string text = read_text(session.experiment / "experiment.json");
    const SummarizeResult result = summarize_session(session.root, demanding_registry(kGoodPattern));
    INFO((result.refused.empty() ? "" : result.refused[0]));
    CHECK(result.rebuilt == 1);
    const Json record = session.record();
    CHECK(record["status"] == "ok");
    CHECK(record["training_success"] == true);
    CHECK(record["error_message"] == "");
    CHECK(record["performance_metrics"]["accuracy"] == 0.9104);
    CHECK(record["attempts"][0]["status"] == "ok");
    CHECK(record["attempts"][0]["error_message"] == "");
    CHECK(record["attempts"][0]["remarks"] == Json{"the log was moved"});
    CHECK(record["failed_attempts_energy_joules"].is_null());
    CHECK(read_text(session.experiment / "experiment.json.orig") == text);
    CHECK(session.rows().at(0).at("training_success") == "True");
    CHECK(session.rows().at(0).at("perf_accuracy") == "0.9104");
    CHECK(summarize_session(session.root, demanding_registry(kGoodPattern)).rebuilt == 0);
}

TEST_CASE("summarize fails a training whose required metric is no longer a value") {
    Json record = our_record({toy_attempt(".", "ok", 0, "")});
    record["training_success"] = true;
    record["performance_metrics"] = {{"accuracy", 0.9104}};
    const ToySession session(record, "Accuracy: 4552/5000 = 0.9104\nAccuracy: 0/0 = nan\n");
    CHECK(summarize_session(session.root, demanding_registry(kGoodPattern)).rebuilt == 1);
    CHECK(session.record()["status"] == "failed");
    CHECK(session.record()["training_success"] == false);
    CHECK_THAT(session.record()["error_message"].get<std::string>(), Catch::Contains("the training printed 'nan'"));
    CHECK(session.rows().at(0).at("training_success") == "False");
    CHECK(session.rows().at(0).at("perf_accuracy").empty());
}

TEST_CASE("summarize judges earlier attempts by their own logs, and their records too") {
    const Json first = toy_attempt("attempt_1", "failed", 0, kOldMessage);
    const ToySession session(our_record({first, toy_attempt(".", "failed", 0, kOldMessage)}));
    write_text(session.experiment / "attempt_1/training.log", "CUDA out of memory\n");
    write_text(session.experiment / "attempt_1/experiment.json", our_record({first}).dump());
    (void)summarize_session(session.root, demanding_registry(kGoodPattern));
    CHECK(session.record()["status"] == "ok");
    CHECK(session.record()["attempts"][0]["status"] == "failed");
    CHECK(session.record()["attempts"][0]["error_message"] ==
          "the training ended with status 0, but its log says: CUDA out of memory");
    CHECK(session.record()["failed_attempts_energy_joules"] == 10.0);
    const Json kept = Json::parse(read_text(session.experiment / "attempt_1/experiment.json"));
    CHECK(kept["error_message"] == session.record()["attempts"][0]["error_message"]);
    CHECK(fs::exists(session.experiment / "attempt_1/experiment.json.orig"));
}

TEST_CASE("summarize keeps statuses that the log did not decide") {
    const auto [status, code, message] = GENERATE(
        std::tuple("timed_out", 0, "timed out: it ran longer than 5 s"),
        std::tuple("interrupted", 0, "interrupted by signal 2 (SIGINT)"), std::tuple("stalled", 143, "stalled: x"),
        std::tuple("failed", 3, "exit status 3; the log ends with: Accuracy: 4552/5000 = 0.9104"));
    const ToySession session(our_record({toy_attempt(".", status, code, message)}));
    (void)summarize_session(session.root, demanding_registry(kGoodPattern));
    CHECK(session.record()["status"] == status);
    CHECK(session.record()["error_message"] == message);
    CHECK(session.record()["attempts"][0]["status"] == status);
    CHECK(session.record()["performance_metrics"]["accuracy"] == 0.9104);
}

TEST_CASE("a run that failed or timed out has no value of an epoch before nan") {
    const auto [status, code, message] =
        GENERATE(std::tuple("failed", 1, "exit status 1; the log ends with: Accuracy: 0/0 = nan"),
                 std::tuple("timed_out", 143, "timed out: it ran longer than 5 s"),
                 std::tuple("interrupted", 130, "interrupted by signal 2 (SIGINT)"));
    Json record = our_record({toy_attempt(".", status, code, message)});
    record["performance_metrics"] = {{"accuracy", 0.9104}};
    const ToySession session(record, "Accuracy: 4552/5000 = 0.9104\nAccuracy: 0/0 = nan\n");
    CHECK(summarize_session(session.root, demanding_registry(kGoodPattern)).rebuilt == 1);
    CHECK(session.record()["performance_metrics"]["accuracy"].is_null());
    CHECK(session.record()["status"] == status);
    CHECK(session.rows().at(0).at("perf_accuracy").empty());
    CHECK_THAT(session.record()["attempts"][0]["remarks"].dump(), Catch::Contains("accuracy: the training printed"));
}

TEST_CASE("an attempt folder that is a link is not read") {
    const Json first = toy_attempt("attempt_1", "failed", 0, kOldMessage);
    const ToySession session(our_record({first, toy_attempt("../..", "failed", 0, kOldMessage)}));
    const fs::path outside = session.folder.path() / "outside";
    write_text(outside / "training.log", "Accuracy: 1/2 = 0.5\n");
    write_text(outside / "experiment.json", our_record({first}).dump());
    const std::string text = read_text(outside / "experiment.json");
    fs::create_directory_symlink(outside, session.experiment / "attempt_1");
    (void)summarize_session(session.root, demanding_registry(kGoodPattern));
    CHECK(session.record()["attempts"][0]["status"] == "failed");
    CHECK(read_text(outside / "experiment.json") == text);
}
