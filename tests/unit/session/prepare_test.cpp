#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/session_document.hpp"
#include "mutation/session/prepare.hpp"

#include <csignal>
#include <cstdio>
#include <unistd.h>

using namespace mutation;
using record::Status;
using test::record_of;

namespace {

/// A request whose repository is there, and what it takes to prepare it.
struct PreparePlace {
    PreparePlace() {
        const std::filesystem::path script = folder.path() / "repos/toy/train.sh";
        test::write_text(script, "#!/bin/sh\n");
        std::filesystem::permissions(script, std::filesystem::perms(0755));
        config::Repository repository = *toy::registry().find("toy");
        repository.directory = script.parent_path();
        repository.base = script.parent_path();
        request.registry = {{repository}};
        request.plan = test::plan_of_defaults(3);
        request.results = folder.path() / "results";
    }
    PreparePlace(const PreparePlace&) = delete;
    PreparePlace& operator=(const PreparePlace&) = delete;
    ~PreparePlace() { std::fclose(quiet); }

    std::optional<session::PreparedSession> prepare() {
        console::EventLog log(printer, console::Verbosity::quiet);
        return session::prepare_session(request, signals, interruption, log);
    }
    /// A new session that nobody runs any more.
    record::SessionStore create() { return record::SessionStore::open(prepare().value().store.directory()); }
    /// Prepares the session of `store` again, as `resume` does.
    std::vector<std::string> standing_after_resume(const record::SessionStore& store) {
        request.resumed = store.directory();
        request.plan = record::read_session_document(store.directory()).plan;
        std::vector<std::string> ids;
        const auto prepared = prepare();
        for (const record::ExperimentRecord& record : prepared.value().standing) {
            ids.push_back(record.id);
        }
        return ids;
    }
    void write_record(const record::SessionStore& store, std::size_t index, Status status) const {
        const plan::PlannedExperiment& experiment = request.plan.experiments[index];
        [[maybe_unused]] const auto made = store.create_experiment(experiment.id);
        store.write_record(experiment.id, record_of(experiment, store.name(), status));
    }
    [[nodiscard]] std::string id(std::size_t index) const { return request.plan.experiments[index].id; }

    test::TemporaryFolder folder;
    session::SessionRequest request;
    system::SignalFd signals;
    run::Interruption interruption;
    std::FILE* quiet = std::fopen("/dev/null", "w");
    console::LinePrinter printer{quiet, {}};
};

} // namespace

TEST_CASE("a new session gets a folder with its plan and facts of the machine", "[prepare]") {
    PreparePlace place;
    const auto prepared = place.prepare();
    REQUIRE(prepared.has_value());
    CHECK(prepared->standing.empty());
    CHECK_FALSE(prepared->machine.kernel.empty());
    CHECK(prepared->store.is_locked());
    const record::SessionDocument begun = record::read_session_document(prepared->store.directory());
    CHECK(begun.session == prepared->store.name());
    CHECK(begun.plan.experiments == place.request.plan.experiments);
    CHECK(begun.machine == prepared->machine);
    REQUIRE(begun.models.size() == 1);
    CHECK(begun.models[0].model == "net");
    CHECK(begun.models[0].hyperparameters.size() ==
          toy::registry().find("toy")->find_model("net")->hyperparameters.size());
}

TEST_CASE("a resumed session runs what is interrupted or missing, and what failed only if asked", "[prepare]") {
    PreparePlace place;
    const record::SessionStore store = place.create();
    place.write_record(store, 0, Status::ok);
    place.write_record(store, 1, Status::failed);
    place.write_record(store, 2, Status::interrupted);
    CHECK(place.standing_after_resume(store) == std::vector<std::string>{place.id(0), place.id(1)});
    place.request.retry_failed = true;
    CHECK(place.standing_after_resume(store) == std::vector<std::string>{place.id(0)});
}

TEST_CASE("a resumed session sees the rounds that were added to its plan", "[prepare]") {
    PreparePlace place;
    const record::SessionStore store = place.create();
    for (std::size_t i = 0; i < 3; ++i) {
        place.write_record(store, i, Status::ok);
    }
    int checks = 0;
    place.request.check_resumed = [&] {
        ++checks;
        return std::vector<std::string>();
    };
    CHECK(place.standing_after_resume(store).size() == 3);
    CHECK(checks == 0); // nothing is to run
    (void)store.append_experiments(test::plan_of_defaults(2).experiments);
    CHECK(place.standing_after_resume(store).size() == 3);
    CHECK(place.request.plan.experiments.size() == 5);
    CHECK(checks == 1);
}

TEST_CASE("a session whose repository is missing makes no folder", "[prepare]") {
    PreparePlace place;
    std::filesystem::remove_all(place.folder.path() / "repos");
    try {
        (void)place.prepare();
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::machine);
    }
    CHECK_FALSE(std::filesystem::exists(place.request.results));
}

TEST_CASE("a session that is interrupted before it began makes no folder", "[prepare]") {
    PreparePlace place;
    ::kill(::getpid(), SIGINT);
    CHECK_FALSE(place.prepare().has_value());
    CHECK(place.interruption.signal == SIGINT);
    CHECK_FALSE(std::filesystem::exists(place.request.results));
}

TEST_CASE("a damaged record is reported before anything is run", "[prepare]") {
    PreparePlace place;
    const record::SessionStore store = place.create();
    place.write_record(store, 1, Status::ok);
    test::write_text(store.directory() / place.id(1) / "experiment.json", "{");
    CHECK_THROWS_AS(place.standing_after_resume(store), Error);
}
