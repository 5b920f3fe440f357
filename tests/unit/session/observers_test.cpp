#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/console/terminal.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/session_document.hpp"
#include "mutation/session/console_observer.hpp"
#include "mutation/session/control_observer.hpp"
#include "mutation/session/rollup_observer.hpp"
#include "mutation/system/file.hpp"
#include "support/csv.hpp"

#include <cstdio>
#include <unistd.h>

using namespace mutation;
using Catch::Contains;
using record::Status;
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
    [[nodiscard]] record::SessionDocument document() const { return record::read_session_document(store.directory()); }
    [[nodiscard]] std::string logged() const { return test::read_text(folder.path() / "session.log"); }
    [[nodiscard]] std::size_t rows() const { return test::parse_csv_table(test::read_text(store.summary())).size(); }

    test::TemporaryFolder folder;
    plan::Plan plan = test::plan_of_defaults(3);
    record::SessionStore store = record::SessionStore::create(folder.path(), WallTime());
    std::FILE* quiet = std::fopen("/dev/null", "w");
    console::LinePrinter printer{quiet, {}};
    console::EventLog log{printer, console::Verbosity::quiet};
};

/// What is printed to stdout while it lives.
class CapturedOutput {
public:
    explicit CapturedOutput(std::filesystem::path file) : file_(std::move(file)), saved_(::dup(STDOUT_FILENO)) {
        const system::UniqueFd out = system::open_new_file(file_);
        ::dup2(out.get(), STDOUT_FILENO);
    }
    CapturedOutput(const CapturedOutput&) = delete;
    CapturedOutput& operator=(const CapturedOutput&) = delete;
    ~CapturedOutput() {
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
    }
    [[nodiscard]] std::string text() const { return test::read_text(file_); }

private:
    std::filesystem::path file_;
    int saved_;
};

/// What the user and session.log get when a session of three, of which `done` are recorded, ends.
struct ConsoleEnd {
    ConsoleEnd(SessionEnd::Kind kind, const std::vector<Status>& done) {
        const test::TemporaryFolder folder;
        session::SessionRequest request;
        request.plan = test::plan_of_defaults(3);
        request.called_as = {"mutation"};
        request.verbosity = console::Verbosity::quiet;
        const session::ControlRuns controls(Percent(2));
        session::ConsoleObserver console(request, controls);
        console.log().open_file(folder.path() / "session.log");
        session::SessionTally tally{3};
        for (std::size_t i = 0; i < done.size(); ++i) {
            const record::ExperimentRecord record = record_of(request.plan.experiments[i], "run", done[i]);
            console.on_standing(record);
            tally.count(record);
        }
        console.open("/results/run", session::Schedule(request.plan, {}));
        const CapturedOutput output(folder.path() / "stdout");
        console.on_session_end({kind, tally});
        table = output.text();
        log = test::read_text(folder.path() / "session.log");
    }

    std::string table;
    std::string log;
};

} // namespace

TEST_CASE("an interrupted session shows its table and how to go on", "[observers]") {
    const ConsoleEnd end(SessionEnd::Kind::ran, {Status::ok});
    CHECK_THAT(end.table, Contains("toy_net_001"));
    CHECK_THAT(end.log,
               Contains("interrupted: 1 of 3 succeeded, 2 not run; to continue: mutation resume /results/run"));
    CHECK_THAT(ConsoleEnd(SessionEnd::Kind::stopped_after_run, {Status::ok}).log,
               Contains("stopped after a run: 1 of 3"));
}

TEST_CASE("a session with failures proposes to run them again", "[observers]") {
    const std::vector<Status> done{Status::ok, Status::failed, Status::ok};
    CHECK_THAT(ConsoleEnd(SessionEnd::Kind::ran, done).log,
               Contains("1 experiment failed") && Contains("--retry-failed"));
    const ConsoleEnd again(SessionEnd::Kind::nothing_to_run, done);
    CHECK_THAT(again.log, Contains("this session is finished") && Contains("--retry-failed"));
    CHECK_THAT(again.table, Contains("toy_net_002"));
}

TEST_CASE("a session that an error stopped shows how to go on, and no table", "[observers]") {
    const ConsoleEnd end(SessionEnd::Kind::stopped_by_error, {Status::ok});
    CHECK_THAT(end.log, Contains("stopped with 1 of 3 experiments recorded") && Contains("mutation resume"));
    CHECK(end.table.empty());
}

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
    record::SessionDocument begun;
    begun.tool_version = "4.0";
    record::write_session_document(place.store.directory(), begun);
    session::ControlRuns controls(Percent(2));
    session::ControlObserver observer(controls, place.store, place.log);
    observer.on_standing(place.control(100));
    observer.on_recorded(place.control(101));
    CHECK_FALSE(place.document().controls.has_value());
    observer.on_recorded(place.control(110));
    CHECK_THAT(place.logged(), Contains("the control runs differ by"));
    REQUIRE(place.document().controls.has_value());
    CHECK_FALSE(place.document().controls->is_within_tolerance);
    CHECK(place.document().tool_version == "4.0");
}

TEST_CASE("control runs within their tolerance are written at the end", "[observers]") {
    ObserverPlace place;
    record::write_session_document(place.store.directory(), {});
    session::ControlRuns controls(Percent(2));
    session::ControlObserver observer(controls, place.store, place.log);
    observer.on_recorded(place.control(100));
    observer.on_recorded(place.control(101));
    observer.on_session_end({SessionEnd::Kind::ran, {}});
    REQUIRE(place.document().controls.has_value());
    CHECK(place.document().controls->joules.size() == 2);
}

TEST_CASE("a tally counts successes, and all other records as failures", "[observers]") {
    const ObserverPlace place;
    session::SessionTally tally{3};
    tally.count(place.record(0));
    tally.count(record_of(place.plan.experiments[1], "run", Status::ok_without_metrics));
    tally.count(record_of(place.plan.experiments[2], "run", Status::interrupted));
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
