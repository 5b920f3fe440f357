#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/rollup/summarize.hpp"
#include "toy_session.hpp"

#include <algorithm>
#include <tuple>

using namespace mutation;
using namespace mutation::rollup;
using namespace mutation::test;

namespace {

/// A session of v3.0 as it was left on the disk of its user.
const fs::path kOldSession = fs::path(MUTATION_TEST_DIR) / "golden/records/session_run_20251118_155526";

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

TEST_CASE("metrics are read again and nothing else of a record changes") {
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

TEST_CASE("the first record is kept, however often metrics are read") {
    const ToySession session;
    const std::string text = read_text(session.experiment / "experiment.json");
    (void)session.summarize();
    (void)session.summarize("Accuracy: ([0-9]+)/"); // a group that ends inside a number is no value
    CHECK(session.record()["performance_metrics"]["accuracy"].is_null());
    CHECK(read_text(session.experiment / "experiment.json.orig") == text);
}

TEST_CASE("a record with unchanged metrics is not written") {
    Json record = toy_record("toy_small_001");
    record["performance_metrics"]["accuracy"] = 0.9104;
    const ToySession session(record);
    const std::string text = read_text(session.experiment / "experiment.json");
    CHECK(session.summarize().rebuilt == 0);
    CHECK(read_text(session.experiment / "experiment.json") == text);
    CHECK_FALSE(fs::exists(session.experiment / "experiment.json.orig"));
}

TEST_CASE("recorded metrics are kept without a log or without the model in the registry") {
    const ToySession session;
    fs::remove(session.experiment / "training.log");
    CHECK(session.summarize().rebuilt == 0);
    write_text(session.experiment / "terminal_output.txt", "Accuracy: 1/2 = 0.5\n");
    CHECK(summarize_session(session.root, {}).rebuilt == 0);
    CHECK(session.record()["performance_metrics"]["accuracy"] == 4552.0);
    CHECK(session.summarize().rebuilt == 1);
    CHECK(session.record()["performance_metrics"]["accuracy"] == 0.5);
}

TEST_CASE("metrics of a nested record of v3.0 are updated in place") {
    const Json nested{{"experiment_id", "toy_small_001"}, {"mode", "parallel"}, {"foreground", toy_record("x")}};
    const ToySession session(nested);
    CHECK(session.summarize().rebuilt == 1);
    CHECK(session.record()["foreground"]["performance_metrics"]["accuracy"] == 0.9104);
    CHECK_FALSE(session.record().contains("performance_metrics"));
}

TEST_CASE("missing, cut-off, empty or hostile records are reported, the others count") {
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

TEST_CASE("the attempts of an experiment are not experiments") {
    const ToySession session;
    write_text(session.experiment / "attempt_1/experiment.json", toy_record("toy_small_001").dump());
    CHECK(session.summarize().records == 1);
    fs::remove(session.experiment / "experiment.json");
    CHECK_THROWS_WITH(summarize_session(session.experiment, {}), Catch::Contains("it contains no experiment"));
}

TEST_CASE("a hostile member of a record does not affect the others") {
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
    CHECK(has_remark(result, "_010: experiment.json is not a regular file"));
    CHECK(read_text(outside / "experiment.json") == text);
    CHECK(read_text(outside / "training.log") == "Accuracy: 1/2 = 0.5\n");
}

TEST_CASE("a record or a session of a newer program is refused and not changed") {
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

TEST_CASE("a session without records has a header, and another folder is not a session") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(summarize_session(folder.path() / "nowhere", {}), Error);
    CHECK_THROWS_AS(summarize_session(folder.path(), {}), Error);
    write_text(folder.path() / "session.json", R"({"schema_version": 1, "plan": {}})");
    CHECK(summarize_session(folder.path(), {}).records == 0);
    CHECK(test::parse_csv(read_text(folder.path() / "summary.csv")).size() == 1);
}

TEST_CASE("a folder with sessions, or an experiment's folder, is refused and not changed") {
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
               Catch::Contains("contains sessions") && Catch::Contains(session.root.string()));
    fs::create_directories(session.experiment / "energy");
    CHECK_THAT(refusal_of(session.experiment),
               Catch::Contains("is one experiment") && Catch::Contains(session.root.string()));
    CHECK_THAT(refusal_of(session.experiment / "energy"), Catch::Contains("it contains no experiment"));
    for (const fs::path& folder :
         {session.folder.path(), session.experiment, fs::path(session.experiment / "energy")}) {
        CHECK_FALSE(fs::exists(folder / "summary.csv"));
    }
}

TEST_CASE("a running session is not summarized") {
    const ToySession session;
    record::SessionStore runner = record::SessionStore::open(session.root);
    runner.lock();
    CHECK_THROWS_WITH(session.summarize(), Catch::Contains("another process"));
    CHECK_FALSE(fs::exists(session.root / "summary.csv"));
    CHECK(session.record()["performance_metrics"]["accuracy"] == 4552.0);
}
