#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/rollup/summarize.hpp"
#include "support/csv.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <tuple>

using namespace mutation;
using namespace mutation::rollup;
using test::read_text;
using test::write_text;

namespace fs = std::filesystem;

namespace {

/// A session of v3.0 as it was left on the disk of its user.
const fs::path kOldSession = fs::path(MUTATION_TEST_DIR) / "golden/records/session_run_20251118_155526";

config::Registry toy_registry(const std::string& pattern) {
    config::Model model;
    model.name = "tiny";
    model.aliases = {"small"};
    model.metrics = {{"accuracy", pattern, std::nullopt}};
    config::Repository repository;
    repository.name = "toy";
    repository.models = {model};
    return {{repository}};
}

Json toy_record(const std::string& id) {
    return Json{{"experiment_id", id},      {"repository", "toy"},
                {"model", "small"},         {"performance_metrics", {{"accuracy", 4552.0}}},
                {"training_success", true}, {"their_own", {1, 2}}};
}

/// A session with one record and its log.
struct ToySession {
    test::TemporaryFolder folder;
    fs::path root = folder.path() / "run_20260101_000000";
    fs::path experiment = root / "toy_small_001";

    explicit ToySession(const Json& record = toy_record("toy_small_001"),
                        const std::string& log = "Accuracy: 4552/5000 = 0.9104\n") {
        write_text(experiment / "experiment.json", record.dump(2));
        write_text(experiment / "training.log", log);
    }

    SummarizeResult summarize(const std::string& pattern = "Accuracy: .* = ([0-9.]+)") const {
        return summarize_session(root, toy_registry(pattern));
    }
    Json record() const { return Json::parse(read_text(experiment / "experiment.json")); }
    std::vector<std::map<std::string, std::string>> rows() const {
        return test::parse_csv_table(read_text(root / "summary.csv"));
    }
};

/// Whether both cells say the same: as text, or as numbers.
bool mean_the_same(const std::string& a, const std::string& b) {
    const auto left = parse_double(a);
    return a == b || (left && left == parse_double(b));
}

bool has_remark(const SummarizeResult& result, const std::string& words) {
    return std::any_of(result.remarks.begin(), result.remarks.end(),
                       [&](const std::string& remark) { return remark.find(words) != std::string::npos; });
}

} // namespace

TEST_CASE("v3.0's own session gives v3.0's own summary") {
    const test::TemporaryFolder folder;
    const fs::path session = folder.path() / "run_20251118_155526";
    fs::copy(kOldSession, session, fs::copy_options::recursive);
    const auto theirs = test::parse_csv(read_text(session / "summary.csv"));
    const SummarizeResult result = summarize_session(session, {});
    CHECK(result.records == 22);
    CHECK(result.rebuilt == 0);
    CHECK(result.remarks.empty());
    const auto ours = test::parse_csv(read_text(session / "summary.csv"));
    REQUIRE(ours.size() == theirs.size());
    const std::size_t width = theirs[0].size();
    CHECK(std::equal(theirs[0].begin(), theirs[0].end(), ours[0].begin()));
    for (std::size_t row = 1; row < theirs.size(); ++row) {
        for (std::size_t column = 0; column < width; ++column) {
            INFO(theirs[row][0] << " " << theirs[0][column]);
            const std::string& cell = theirs[row][column];
            if (theirs[0][column] == "timestamp") { // v3.0 took the time anew for the table, within microseconds
                CHECK(cell.substr(0, 21) == ours[row][column].substr(0, 21));
            } else {
                CHECK(mean_the_same(cell, ours[row][column]));
            }
        }
    }
    for (const auto& entry : fs::recursive_directory_iterator(session)) {
        CHECK(entry.path().extension() != ".orig");
    }
}

TEST_CASE("metrics are read anew and nothing else of a record changes") {
    const ToySession session;
    Json before = session.record();
    const std::string text = read_text(session.experiment / "experiment.json");
    const SummarizeResult result = session.summarize();
    CHECK(result.records == 1);
    CHECK(result.rebuilt == 1);
    Json after = session.record();
    CHECK(after["performance_metrics"] == Json{{"accuracy", 0.9104}});
    after["performance_metrics"] = before["performance_metrics"];
    CHECK(after.dump() == before.dump());
    CHECK(read_text(session.experiment / "experiment.json.orig") == text);
    CHECK(session.rows().at(0).at("perf_accuracy") == "0.9104");
    CHECK(session.rows().at(0).at("session") == "run_20260101_000000");
}

TEST_CASE("the first record stays, however often metrics are read") {
    const ToySession session;
    const std::string text = read_text(session.experiment / "experiment.json");
    (void)session.summarize();
    (void)session.summarize("Accuracy: ([0-9]+)/"); // a group that ends inside a number is no value
    CHECK(session.record()["performance_metrics"]["accuracy"].is_null());
    CHECK(read_text(session.experiment / "experiment.json.orig") == text);
}

TEST_CASE("a record whose metrics stand is not touched") {
    Json record = toy_record("toy_small_001");
    record["performance_metrics"]["accuracy"] = 0.9104;
    const ToySession session(record);
    const std::string text = read_text(session.experiment / "experiment.json");
    CHECK(session.summarize().rebuilt == 0);
    CHECK(read_text(session.experiment / "experiment.json") == text);
    CHECK_FALSE(fs::exists(session.experiment / "experiment.json.orig"));
}

TEST_CASE("recorded metrics stay where no log lies or the registry does not know the model") {
    const ToySession session;
    fs::remove(session.experiment / "training.log");
    CHECK(session.summarize().rebuilt == 0);
    write_text(session.experiment / "terminal_output.txt", "Accuracy: 1/2 = 0.5\n");
    CHECK(summarize_session(session.root, {}).rebuilt == 0);
    CHECK(session.record()["performance_metrics"]["accuracy"] == 4552.0);
    CHECK(session.summarize().rebuilt == 1);
    CHECK(session.record()["performance_metrics"]["accuracy"] == 0.5);
}

TEST_CASE("metrics of a nested record of v3.0 are renewed where they stand") {
    const Json nested{{"experiment_id", "toy_small_001"}, {"mode", "parallel"}, {"foreground", toy_record("x")}};
    const ToySession session(nested);
    CHECK(session.summarize().rebuilt == 1);
    CHECK(session.record()["foreground"]["performance_metrics"]["accuracy"] == 0.9104);
    CHECK_FALSE(session.record().contains("performance_metrics"));
}

TEST_CASE("folders without a record and records that are torn, empty or hostile are told, the others count") {
    const ToySession session;
    const std::string whole = read_text(session.experiment / "experiment.json");
    write_text(session.root / "toy_small_002/experiment.json", whole.substr(0, whole.size() / 2));
    write_text(session.root / "toy_small_003/experiment.json", "");
    write_text(session.root / "toy_small_004/experiment.json", std::string(100000, '['));
    write_text(session.root / "toy_small_005/experiment.json", R"({"experiment_id": [], "schema_version": 1})");
    write_text(session.root / "toy_small_006/experiment.json", R"({"experiment_id": "x", "schema_version": {}})");
    write_text(session.root / "toy_small_007/energy/gpu_power.csv", "timestamp,power_draw_w\n");
    write_text(session.root / "background_logs/run_1.log", "");
    const SummarizeResult result = session.summarize();
    CHECK(result.records == 1);
    CHECK(result.remarks.size() == 1);
    CHECK(has_remark(result, "_007: no experiment.json"));
    REQUIRE(result.refused.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK_THAT(result.refused[i], Catch::Contains("toy_small_00" + std::to_string(i + 2) + "/experiment.json: "));
    }
}

TEST_CASE("the attempts of an experiment are no experiments") {
    const ToySession session;
    write_text(session.experiment / "attempt_1/experiment.json", toy_record("toy_small_001").dump());
    CHECK(session.summarize().records == 1);
    fs::remove(session.experiment / "experiment.json");
    CHECK_THROWS_WITH(summarize_session(session.experiment, {}), Catch::Contains("it holds no experiment"));
}

TEST_CASE("hostile members of a record do not stop the others") {
    Json record = toy_record("toy_small_001");
    record["repository"] = Json::array();
    record["hyperparameters"] = 7;
    record["performance_metrics"] = "none";
    record["energy_metrics"] = Json::array({1});
    record["foreground"] = nullptr;
    const ToySession session(record);
    CHECK(session.summarize().records == 1);
}

TEST_CASE("nothing is read or written through a link in a session") {
    const ToySession session;
    const fs::path outside = session.folder.path() / "outside";
    write_text(outside / "experiment.json", toy_record("toy_small_009").dump());
    write_text(outside / "training.log", "Accuracy: 1/2 = 0.5\n");
    const std::string text = read_text(outside / "experiment.json");
    fs::create_directory_symlink(outside, session.root / "toy_small_009");
    fs::create_directory(session.root / "toy_small_010");
    fs::create_symlink(outside / "experiment.json", session.root / "toy_small_010/experiment.json");
    write_text(session.root / "toy_small_010/training.log", "Accuracy: 1/2 = 0.5\n");
    fs::create_symlink(outside / "training.log", session.root / "summary.csv");
    const SummarizeResult result = session.summarize();
    CHECK(result.records == 1);
    CHECK(has_remark(result, "_010: experiment.json is no regular file"));
    CHECK(read_text(outside / "experiment.json") == text);
    CHECK(read_text(outside / "training.log") == "Accuracy: 1/2 = 0.5\n");
}

TEST_CASE("a record or a session of a newer program is refused and stays as it is") {
    Json record = toy_record("toy_small_001");
    SECTION("record") {
        record["schema_version"] = 2;
    }
    SECTION("session") {}
    const ToySession session(record);
    const std::string text = read_text(session.experiment / "experiment.json");
    if (!record.contains("schema_version")) {
        const Json plan = std::vector<std::string>(10000, "a plan that is longer than what is looked at");
        write_text(session.root / "session.json", Json{{"schema_version", 2}, {"plan", plan}}.dump());
    }
    CHECK_THROWS_AS(session.summarize(), Error);
    CHECK(read_text(session.experiment / "experiment.json") == text);
    CHECK_FALSE(fs::exists(session.experiment / "experiment.json.orig"));
    CHECK_FALSE(fs::exists(session.root / "summary.csv"));
}

TEST_CASE("a session that ended before its first record has a header, another folder is no session") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(summarize_session(folder.path() / "nowhere", {}), Error);
    CHECK_THROWS_AS(summarize_session(folder.path(), {}), Error);
    write_text(folder.path() / "session.json", R"({"schema_version": 1, "plan": {}})");
    CHECK(summarize_session(folder.path(), {}).records == 0);
    CHECK(test::parse_csv(read_text(folder.path() / "summary.csv")).size() == 1);
}

TEST_CASE("a folder that holds sessions, or is an experiment of one, is no session and is left alone") {
    const ToySession session;
    const auto refusal_of = [](const fs::path& folder) {
        try {
            (void)summarize_session(folder, {});
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::usage);
            return std::string(error.what());
        }
        return std::string("none");
    };
    fs::create_directories(session.folder.path() / "run_20250101_000000");
    CHECK_THAT(refusal_of(session.folder.path()),
               Catch::Contains("holds sessions") && Catch::Contains(session.root.string()));
    fs::create_directories(session.experiment / "energy");
    CHECK_THAT(refusal_of(session.experiment),
               Catch::Contains("is one experiment") && Catch::Contains(session.root.string()));
    CHECK_THAT(refusal_of(session.experiment / "energy"), Catch::Contains("it holds no experiment"));
    for (const fs::path& folder :
         {session.folder.path(), session.experiment, fs::path(session.experiment / "energy")}) {
        CHECK_FALSE(fs::exists(folder / "summary.csv"));
    }
}

TEST_CASE("a session that is being run is not summarized") {
    const ToySession session;
    record::SessionStore runner = record::SessionStore::open(session.root);
    runner.lock();
    CHECK_THROWS_WITH(session.summarize(), Catch::Contains("another process"));
    CHECK_FALSE(fs::exists(session.root / "summary.csv"));
    CHECK(session.record()["performance_metrics"]["accuracy"] == 4552.0);
}

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

TEST_CASE("summarize fails a training whose required metric is no value any more") {
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

TEST_CASE("summarize leaves alone what was not decided by the log") {
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
