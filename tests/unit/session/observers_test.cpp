#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/console/terminal.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/schema_version.hpp"
#include "mutation/session/console_observer.hpp"
#include "mutation/session/control_observer.hpp"
#include "mutation/session/rollup_observer.hpp"
#include "support/csv.hpp"

#include <cstdio>

using namespace mutation;
using Catch::Contains;
using session::SessionEnd;
using test::record_of;

namespace {

/// A session's folder, a log, and records of a plan of three.
struct ObserverPlace {
    ObserverPlace() { log.open_file(folder.path() / "session.log"); }
    ObserverPlace(const ObserverPlace&) = delete;
    ObserverPlace& operator=(const ObserverPlace&) = delete;
    ~ObserverPlace() { std::fclose(quiet); }

    [[nodiscard]] record::ExperimentRecord record(std::size_t index) const {
        return record_of(plan.experiments[index], store.name());
    }
    [[nodiscard]] record::ExperimentRecord control(double joules) const {
        record::ExperimentRecord record = record_of(plan.experiments[0], store.name());
        record.is_control = true;
        record.last_attempt().measurement.cpu.total = Joules(joules);
        return record;
    }
    [[nodiscard]] std::string logged() const { return test::read_text(folder.path() / "session.log"); }
    [[nodiscard]] std::size_t rows() const { return test::parse_csv_table(test::read_text(store.summary())).size(); }

    test::TemporaryFolder folder;
    plan::Plan plan = test::plan_of_defaults(3);
    record::SessionStore store = record::SessionStore::create(folder.path(), WallTime());
    std::FILE* quiet = std::fopen("/dev/null", "w");
    console::LinePrinter printer{quiet, {}};
    console::EventLog log{printer, console::Verbosity::quiet};
};

} // namespace

TEST_CASE("summary.csv has a row for each record that stands and each that is added", "[observers]") {
    ObserverPlace place;
    session::RollupObserver rollup(place.store.name(), place.store.summary(), place.log);
    rollup.on_standing(place.record(0));
    rollup.on_recorded(place.record(1));
    CHECK(place.rows() == 2);
}

TEST_CASE("a summary that cannot be written stops a session, but not the end of one that an error stopped",
          "[observers]") {
    ObserverPlace place;
    session::RollupObserver rollup(place.store.name(), place.store.directory() / "gone/summary.csv", place.log);
    CHECK_THROWS_AS(rollup.on_recorded(place.record(0)), Error);
    CHECK_NOTHROW(rollup.on_poll());
    CHECK_THROWS_AS(rollup.on_session_end({SessionEnd::Kind::ran, {}}), Error);
    CHECK_NOTHROW(rollup.on_session_end({SessionEnd::Kind::stopped_by_error, {}}));
    CHECK_THAT(place.logged(), Contains("the records are complete"));
}

TEST_CASE("control runs that drift are warned of at once, and are in session.json", "[observers]") {
    ObserverPlace place;
    place.store.write_session({{"schema_version", record::kSchemaVersion}, {"tool_version", "4.0"}});
    session::ControlRuns controls(Percent(2));
    session::ControlObserver observer(controls, place.store, place.log);
    observer.on_standing(place.control(100));
    observer.on_recorded(place.control(101));
    CHECK_FALSE(place.store.read_session().contains("controls"));
    observer.on_recorded(place.control(110));
    CHECK_THAT(place.logged(), Contains("the control runs spread by"));
    CHECK(place.store.read_session()["controls"]["is_within_tolerance"] == false);
    CHECK(place.store.read_session()["tool_version"] == "4.0");
}

TEST_CASE("control runs within their tolerance are written at the end", "[observers]") {
    ObserverPlace place;
    place.store.write_session({{"schema_version", record::kSchemaVersion}});
    session::ControlRuns controls(Percent(2));
    session::ControlObserver observer(controls, place.store, place.log);
    observer.on_recorded(place.control(100));
    observer.on_recorded(place.control(101));
    observer.on_session_end({SessionEnd::Kind::ran, {}});
    CHECK(place.store.read_session()["controls"]["joules"].size() == 2);
}

TEST_CASE("a tally counts successes, and all other records as failures", "[observers]") {
    const ObserverPlace place;
    session::SessionTally tally{3};
    tally.count(place.record(0));
    tally.count(record_of(place.plan.experiments[1], "run", record::Status::ok_without_metrics));
    tally.count(record_of(place.plan.experiments[2], "run", record::Status::interrupted));
    CHECK(tally.succeeded == 2);
    CHECK(tally.failed == 1);
    CHECK(tally.recorded() == 3);
}

TEST_CASE("the last line of a growing log is its newest state", "[observers]") {
    const test::TemporaryFolder folder;
    const std::filesystem::path log = folder.path() / "training.log";
    CHECK(session::last_line_of(log).empty());
    test::write_text(log, "epoch 1\n 10 %\r 20 %\r\n\n");
    CHECK(session::last_line_of(log) == "20 %");
    test::write_text(log, std::string(5000, 'x') + "\nlast");
    CHECK(session::last_line_of(log) == "last");
    std::filesystem::create_symlink(log, folder.path() / "link");
    CHECK(session::last_line_of(folder.path() / "link").empty());
    CHECK(session::last_line_of(folder.path()).empty());
}
