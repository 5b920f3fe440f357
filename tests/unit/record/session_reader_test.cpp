#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/session_reader.hpp"
#include "mutation/record/session_store.hpp"
#include "support/temporary_folder.hpp"

#include <map>

using namespace mutation;
using namespace mutation::record;
using Catch::Contains;
using State = StoredExperiment::State;

namespace {

namespace fs = std::filesystem;

const fs::path kSessionOfV3 = fs::path(MUTATION_TEST_DIR) / "golden/records/session_run_20251118_155526";

/// A session with a plan of four experiments, of which two are recorded.
struct StoredSession {
    StoredSession() {
        SessionDocument document;
        document.session = store.name();
        document.plan = plan::make_plan(toy::config({toy::mutating("net", {"epochs"}, 4)}), toy::registry(), 0);
        planned = document.plan.experiments;
        write_session_document(store.directory(), document);
        for (std::size_t i : {0U, 1U}) {
            (void)store.create_experiment(planned[i].id);
            store.write_record(planned[i].id, record_of(planned[i]));
        }
    }
    [[nodiscard]] ExperimentRecord record_of(const plan::PlannedExperiment& experiment) const {
        ExperimentRecord record;
        record.session = store.name();
        record.id = experiment.id;
        record.repository = experiment.training.repository;
        record.model = experiment.training.model;
        record.hyperparameters = experiment.training.hyperparameters;
        record.attempts.resize(1);
        return record;
    }
    [[nodiscard]] fs::path record_file(std::size_t index) const {
        return store.layout().experiment(planned[index].id).record();
    }
    void replace_in_document(const std::string& key, const Json& value) const {
        Json json = Json::parse(test::read_text(store.layout().session()));
        json[key] = value;
        test::write_text(store.layout().session(), json.dump());
    }

    test::TemporaryFolder folder;
    SessionStore store = SessionStore::create(folder.path(), WallTime());
    std::vector<plan::PlannedExperiment> planned;
};

/// Every file below a folder with its text.
std::map<std::string, std::string> content_of(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        files[entry.path().string()] = entry.is_regular_file() ? test::read_text(entry.path()) : "";
    }
    return files;
}

} // namespace

TEST_CASE("a reader has a session's document and its records in order, and changes nothing", "[session_reader]") {
    StoredSession place;
    (void)place.store.create_experiment(place.planned[2].id);
    test::write_text(place.record_file(3), "{\"schema_version\": 1,");
    place.store.lock(); // a running session can be read
    const auto before = content_of(place.folder.path());
    const SessionReader reader(place.store.directory());
    CHECK_FALSE(reader.is_of_v3());
    CHECK(reader.name() == place.store.name());
    REQUIRE(reader.document().has_value());
    CHECK(reader.document()->plan.experiments == place.planned);
    CHECK_FALSE(reader.document_error().has_value());
    REQUIRE(reader.experiments().size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(reader.experiments()[i] == place.planned[i].id);
    }
    const StoredExperiment first = reader.read(reader.experiments()[0]);
    CHECK(first.state == State::recorded);
    CHECK(first.record.value().hyperparameters.size() == place.planned[0].training.hyperparameters.size());
    const StoredExperiment unfinished = reader.read(reader.experiments()[2]);
    CHECK(unfinished.state == State::missing);
    CHECK_THAT(unfinished.reason, Contains("no experiment.json"));
    const StoredExperiment damaged = reader.read(reader.experiments()[3]);
    CHECK(damaged.state == State::damaged);
    CHECK_FALSE(damaged.record.has_value());
    CHECK_THAT(damaged.reason, Contains(place.record_file(3).string() + ": line 1"));
    CHECK(content_of(place.folder.path()) == before);
}

TEST_CASE("a record that belongs elsewhere, or has other values than the plan, is damaged", "[session_reader]") {
    const StoredSession place;
    ExperimentRecord foreign = place.record_of(place.planned[0]);
    foreign.session = "run_other";
    place.store.write_record(place.planned[0].id, foreign);
    ExperimentRecord changed = place.record_of(place.planned[1]);
    changed.hyperparameters[0].value = std::int64_t{77};
    place.store.write_record(place.planned[1].id, changed);
    const SessionReader reader(place.store.directory());
    CHECK_THAT(reader.read(place.planned[0].id).reason, Contains("$.session is"));
    CHECK_THAT(reader.read(place.planned[1].id).reason, Contains("epochs") && Contains("the plan has"));
}

TEST_CASE("a session.json with damaged members is read as far as it goes", "[session_reader]") {
    const StoredSession place;
    SECTION("a member of another type") {
        place.replace_in_document("started", 7);
        const SessionReader reader(place.store.directory());
        CHECK_THAT(reader.document_error().value(), Contains("session.json: $.started is 7"));
        CHECK(reader.document().value().plan.experiments == place.planned);
    }
    SECTION("the plan") {
        place.replace_in_document("plan", 7);
        const SessionReader reader(place.store.directory());
        CHECK_THAT(reader.document_error().value(), Contains("the stored plan is damaged"));
        CHECK(reader.document().value().plan.experiments.empty());
        CHECK(reader.read(place.planned[0].id).state == State::recorded);
    }
    SECTION("cut off") {
        const std::string whole = test::read_text(place.store.layout().session());
        test::write_text(place.store.layout().session(), whole.substr(0, whole.size() - 9));
        const SessionReader reader(place.store.directory());
        CHECK(reader.document_error().has_value());
        CHECK_FALSE(reader.document().has_value());
        CHECK(reader.name() == place.store.name());
        CHECK(reader.read(place.planned[0].id).state == State::recorded);
    }
}

TEST_CASE("a session of v3.0 is read without a session.json", "[session_reader]") {
    const SessionReader reader(kSessionOfV3);
    CHECK(reader.is_of_v3());
    CHECK(reader.name() == "session_run_20251118_155526");
    CHECK_FALSE(reader.document().has_value());
    CHECK_FALSE(reader.document_error().has_value());
    CHECK(reader.experiments().size() == 22);
    for (const std::string& experiment : reader.experiments()) {
        CHECK(reader.read(experiment).record.value().is_of_v3);
    }
}

TEST_CASE("what is no session, or of a newer program, cannot be read", "[session_reader]") {
    const StoredSession place;
    CHECK_THROWS_WITH(SessionReader(place.folder.path() / "nowhere"), Contains("no such session"));
    CHECK_THROWS_WITH(SessionReader(place.folder.path()), Contains("contains sessions"));
    ExperimentRecord record = place.record_of(place.planned[0]);
    Json newer = record_to_json(record);
    newer["schema_version"] = 2;
    test::write_text(place.record_file(0), newer.dump());
    const SessionReader reader(place.store.directory());
    CHECK_THROWS_WITH(reader.read(place.planned[0].id), Contains("newer than this program"));
    place.replace_in_document("schema_version", 2);
    CHECK_THROWS_WITH(SessionReader(place.store.directory()), Contains("newer program"));
}
