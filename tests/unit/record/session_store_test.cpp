#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/experiment_record.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/system/clock.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <functional>

using namespace mutation;
using namespace mutation::record;
using test::read_text;
using test::write_text;

namespace fs = std::filesystem;

namespace {

constexpr const char* kId = "toy_tiny_001";

AttemptRecord attempt_of(Status status) {
    AttemptRecord attempt;
    attempt.status = status;
    return attempt;
}

struct Place {
    test::TemporaryFolder folder;
    SessionStore store = SessionStore::create(folder.path() / "results", WallTime());
    fs::path experiment = store.create_experiment(kId);

    /// What a training and its sensors leave.
    void run_attempt(const std::string& log) const {
        write_text(experiment / "training.log", log);
        write_text(experiment / "energy/gpu_power.csv", log);
    }
    void archive(int number) const {
        std::vector<AttemptRecord> attempts(static_cast<std::size_t>(number), attempt_of(Status::failed));
        attempts.back().measurement.gpu.energy = Joules(12.5);
        store.archive_attempt(kId, number, record_of(attempts));
    }
    ExperimentRecord record_of(const std::vector<AttemptRecord>& attempts) const {
        ExperimentRecord record;
        record.session = store.name();
        record.id = kId;
        record.repository = "toy";
        record.model = "tiny";
        record.attempts = attempts;
        return record;
    }
};

plan::PlannedExperiment planned(const std::string& id = kId) {
    plan::PlannedExperiment experiment;
    experiment.id = id;
    experiment.training = {"toy", "tiny", {}};
    return experiment;
}

ErrorKind kind_of_failure(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.kind();
    }
    FAIL("nothing was thrown");
    return ErrorKind::internal;
}

} // namespace

TEST_CASE("sessions of the same second have different names") {
    const test::TemporaryFolder folder;
    const std::string name = "run_" + system::format_compact(WallTime());
    CHECK(SessionStore::create(folder.path() / "a/b", WallTime()).name() == name);
    CHECK(SessionStore::create(folder.path() / "a/b", WallTime()).name() == name + "_2");
    CHECK(SessionStore::create(folder.path() / "a/b", WallTime()).name() == name + "_3");
}

TEST_CASE("results that cannot be created are a storage error") {
    const test::TemporaryFolder folder;
    write_text(folder.path() / "file", "");
    CHECK(kind_of_failure([&] { (void)SessionStore::create(folder.path() / "file", WallTime()); }) ==
          ErrorKind::storage);
}

TEST_CASE("an experiment's folder is never a link") {
    const Place place;
    fs::create_directory_symlink(place.folder.path(), place.store.directory() / "linked");
    CHECK(kind_of_failure([&] { (void)place.store.create_experiment("linked"); }) == ErrorKind::storage);
}

TEST_CASE("two programs cannot run one session") {
    const test::TemporaryFolder folder;
    SessionStore first = SessionStore::create(folder.path(), WallTime());
    SessionStore second = SessionStore::open(first.directory());
    first.lock();
    CHECK(kind_of_failure([&] { second.lock(); }) == ErrorKind::machine);
}

TEST_CASE("locking a session removes only partial files of a killed program") {
    const test::TemporaryFolder folder;
    SessionStore store = SessionStore::create(folder.path(), WallTime());
    for (const char* name : {".summary.csv.123.tmp", "summary.csv", ".hidden"}) {
        std::ofstream(store.directory() / name) << "x";
    }
    store.lock();
    CHECK_FALSE(std::filesystem::exists(store.directory() / ".summary.csv.123.tmp"));
    CHECK(std::filesystem::exists(store.directory() / "summary.csv"));
    CHECK(std::filesystem::exists(store.directory() / ".hidden"));
}

TEST_CASE("text that is not UTF-8 does not prevent writing a record") {
    const Place place;
    ExperimentRecord record = place.record_of({attempt_of(Status::failed)});
    record.last_attempt().error_message = "cut \xe6\xb5";
    place.store.write_record(kId, record);
    CHECK(place.store.read_record(planned())->last_attempt().error_message.starts_with("cut "));
}

TEST_CASE("a session.json that is missing, broken, foreign or newer is refused") {
    const Place place;
    const fs::path file = place.store.directory() / "session.json";
    const auto read = [&] { (void)read_session_document(place.store.directory()); };
    CHECK(kind_of_failure(read) == ErrorKind::usage);
    for (const char* text : {"", "{\"schema_version\": 1", "[]", "{}", R"({"schema_version": 2})",
                             R"({"schema_version": "1"})", R"({"schema_version": 18446744073709551615})"}) {
        INFO(text);
        write_text(file, text);
        CHECK(kind_of_failure(read) == ErrorKind::usage);
    }
    write_session_document(place.store.directory(), {});
    CHECK(read_session_document(place.store.directory()).session == place.store.name());
}

TEST_CASE("a broken record is refused, a missing one is empty") {
    const Place place;
    CHECK_FALSE(place.store.read_record(planned()).has_value());
    for (const char* text : {"", "{", "[]", "null", R"({"schema_version": 1})"}) {
        INFO(text);
        write_text(place.experiment / "experiment.json", text);
        CHECK(kind_of_failure([&] { (void)place.store.read_record(planned()); }) == ErrorKind::storage);
    }
}

TEST_CASE("a record of another session, experiment or training is refused, by file and field") {
    const Place place;
    const ExperimentRecord good = place.record_of({attempt_of(Status::ok)});
    place.store.write_record(kId, good);
    CHECK(place.store.read_record(planned()).has_value());
    for (const auto& [field, value] : {std::pair<const char*, Json>("session", "run_1"),
                                       {"experiment_id", "x"},
                                       {"model", "big"},
                                       {"hyperparameters", {{"seed", 1}}}}) {
        INFO(field);
        Json record = record_to_json(good);
        record[field] = value;
        write_text(place.experiment / "experiment.json", record.dump());
        CHECK_THROWS_WITH(place.store.read_record(planned()),
                          Catch::Contains("toy_tiny_001/experiment.json: $.") && Catch::Contains(field));
    }
}

TEST_CASE("the records of a renamed session are accepted") {
    const Place place;
    place.store.write_record(kId, place.record_of({attempt_of(Status::ok)}));
    const fs::path moved = place.folder.path() / "moved";
    fs::rename(place.store.directory(), moved);
    CHECK(SessionStore::open(moved, place.store.name()).read_record(planned()).has_value());
    CHECK(kind_of_failure([&] { (void)SessionStore::open(moved).read_record(planned()); }) == ErrorKind::storage);
}

TEST_CASE("a retried attempt's files are kept in their own folder") {
    const Place place;
    place.run_attempt("first");
    place.archive(1);
    place.run_attempt("second");
    place.archive(2);
    place.run_attempt("third");
    CHECK(read_text(place.experiment / "attempt_1/training.log") == "first");
    CHECK(read_text(place.experiment / "attempt_2/energy/gpu_power.csv") == "second");
    CHECK(read_text(place.experiment / "training.log") == "third");
}

TEST_CASE("a background continues its logs while its foreground is retried") {
    const Place place;
    write_text(place.experiment / "background_logs/run_1.log", "loading");
    place.run_attempt("first");
    place.archive(1);
    CHECK(read_text(place.experiment / "background_logs/run_1.log") == "loading");
}

TEST_CASE("resume moves an interrupted run aside and continues its attempt numbers") {
    const Place place;
    place.run_attempt("interrupted");
    write_text(place.experiment / "background_logs/run_1.log", "loading");
    place.store.write_record(kId, place.record_of({attempt_of(Status::interrupted)}));
    const std::vector<AttemptRecord> attempts = place.store.archive_for_resume(planned());
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].status == Status::interrupted);
    CHECK(attempts[0].directory == "attempt_1");
    for (const char* file : {"training.log", "experiment.json", "energy/gpu_power.csv", "background_logs/run_1.log"}) {
        INFO(file);
        CHECK(fs::exists(place.experiment / "attempt_1" / file));
        CHECK_FALSE(fs::exists(place.experiment / file));
    }
}

TEST_CASE("resume finds every attempt after a kill at any moment") {
    const Place place;
    place.run_attempt("first");
    place.archive(1);
    SECTION("between two attempts") {
        const std::vector<AttemptRecord> attempts = place.store.archive_for_resume(planned());
        REQUIRE(attempts.size() == 1);
        CHECK(attempts[0].status == Status::failed);
        CHECK(attempts[0].measurement.gpu.energy == Joules(12.5));
    }
    SECTION("in the second attempt") {
        place.run_attempt("second");
        const std::vector<AttemptRecord> attempts = place.store.archive_for_resume(planned());
        REQUIRE(attempts.size() == 2);
        CHECK(attempts[1].status == Status::interrupted);
        CHECK(attempts[1].directory == "attempt_2");
        CHECK(read_text(place.experiment / "attempt_2/training.log") == "second");
    }
    CHECK(read_text(place.experiment / "attempt_1/training.log") == "first");
    CHECK(fs::is_empty(place.experiment / "energy"));
}

TEST_CASE("a kill after a resume does not lose the recorded attempts") {
    const Place place;
    place.run_attempt("first");
    AttemptRecord measured = attempt_of(Status::interrupted);
    measured.measurement.gpu.energy = Joules(12.5);
    place.store.write_record(kId, place.record_of({measured}));
    (void)place.store.archive_for_resume(planned());
    (void)place.store.create_experiment(kId);
    place.run_attempt("second");
    const std::vector<AttemptRecord> attempts = place.store.archive_for_resume(planned());
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[0].measurement.gpu.energy == Joules(12.5));
    CHECK(attempts[0].directory == "attempt_1");
    CHECK(attempts[1].number == 2);
}

TEST_CASE("an experiment that never started needs no cleaning") {
    const Place place;
    CHECK(place.store.archive_for_resume(planned("toy_tiny_002")).empty());
    CHECK(place.store.archive_for_resume(planned()).empty());
    CHECK_FALSE(fs::exists(place.experiment / "attempt_1"));
}

TEST_CASE("an attempt that was being moved at a kill is one attempt, with its figures") {
    const Place place;
    place.run_attempt("first");
    write_text(place.experiment / "background_logs/run_1.log", "loading");
    place.archive(1);
    // Back to where a kill may have fallen: the record waits, a part of the files has been moved.
    const fs::path unfinished = place.experiment / ".attempt_1";
    fs::rename(place.experiment / "attempt_1", unfinished);
    fs::remove(place.experiment / "energy");
    SECTION("all has been moved") {}
    SECTION("a part of the files has been moved") {
        fs::rename(unfinished / "experiment.json", place.experiment / ".attempt_1.json");
        fs::rename(unfinished / "training.log", place.experiment / "training.log");
    }
    SECTION("nothing has been moved") {
        fs::rename(unfinished / "experiment.json", place.experiment / ".attempt_1.json");
        fs::rename(unfinished / "training.log", place.experiment / "training.log");
        fs::rename(unfinished / "energy", place.experiment / "energy");
        fs::remove(unfinished);
    }
    const std::vector<AttemptRecord> attempts = place.store.archive_for_resume(planned());
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].measurement.gpu.energy == Joules(12.5));
    CHECK(attempts[0].directory == "attempt_1");
    for (const char* file : {"training.log", "experiment.json", "energy/gpu_power.csv", "background_logs/run_1.log"}) {
        INFO(file);
        CHECK(fs::exists(place.experiment / "attempt_1" / file));
    }
    CHECK_FALSE(fs::exists(place.experiment / "attempt_2"));
    CHECK_FALSE(fs::exists(place.experiment / ".attempt_1.json"));
}

TEST_CASE("a kill while a resume moved the last attempt away leaves one attempt") {
    const Place place;
    place.run_attempt("first");
    SECTION("a recorded one") {
        place.store.write_record(kId, place.record_of({attempt_of(Status::interrupted)}));
        fs::rename(place.experiment / "experiment.json", place.experiment / ".attempt_1.json");
    }
    SECTION("one that nothing is recorded of") {}
    fs::create_directory(place.experiment / ".attempt_1");
    fs::rename(place.experiment / "energy", place.experiment / ".attempt_1/energy");
    const std::vector<AttemptRecord> attempts = place.store.archive_for_resume(planned());
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].status == Status::interrupted);
    CHECK(read_text(place.experiment / "attempt_1/training.log") == "first");
    CHECK_FALSE(fs::is_empty(place.experiment / "attempt_1/energy"));
}

TEST_CASE("a damaged or foreign attempt record is refused") {
    const Place place;
    place.run_attempt("first");
    place.archive(1);
    const fs::path file = place.experiment / "attempt_1/experiment.json";
    SECTION("damaged") {
        write_text(file, "{");
    }
    SECTION("another's") {
        Json record = Json::parse(read_text(file));
        record["experiment_id"] = "toy_tiny_002";
        write_text(file, record.dump());
    }
    CHECK_THROWS_WITH(place.store.read_attempts(planned()), Catch::Contains("attempt_1/experiment.json: "));
}
