#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/core/error.hpp"
#include "mutation/session/session_loop.hpp"

#include <csignal>

using namespace mutation;
using Words = std::vector<std::string>;

namespace {

/// A session whose experiments a fake runs.
struct LoopPlace {
    explicit LoopPlace(plan::Plan given) : plan(std::move(given)) {}
    explicit LoopPlace(int runs) : LoopPlace(test::plan_of_defaults(runs)) {}

    void run() { session::run_experiments({schedule, runner, observer, store, signals, interruption}); }
    void interrupt(int times) {
        interruption.signal = SIGINT;
        interruption.count = times;
    }
    [[nodiscard]] std::string id(std::size_t index) const { return plan.experiments[index].id; }
    [[nodiscard]] bool is_recorded(std::size_t index) const {
        return store.read_record(plan.experiments[index]).has_value();
    }

    test::TemporaryFolder folder;
    plan::Plan plan;
    record::SessionStore store = record::SessionStore::create(folder.path(), WallTime());
    session::Schedule schedule{plan, {}};
    test::FakeRunner runner{store};
    test::FakeObserver observer;
    system::SignalFd signals;
    run::Interruption interruption;
};

} // namespace

TEST_CASE("the loop runs the experiments in order, rests between them, and ends the background", "[session_loop]") {
    LoopPlace place(3);
    place.run();
    CHECK(place.runner.journal ==
          Words{"no rest", "run " + place.id(0), "rest", "run " + place.id(1), "rest", "run " + place.id(2), "end"});
    CHECK(place.is_recorded(2));
    CHECK_FALSE(place.interruption.is_in_run);
}

TEST_CASE("the loop tells its observers of each record before and after it is on the disk", "[session_loop]") {
    LoopPlace place(2);
    place.run();
    CHECK(place.observer.heard == Words{"started " + place.id(0), "ended " + place.id(0), "recorded " + place.id(0),
                                        "started " + place.id(1), "ended " + place.id(1), "recorded " + place.id(1)});
}

TEST_CASE("the loop lets a shared background go on in the cooldown", "[session_loop]") {
    LoopPlace place(
        plan::make_plan(toy::config({toy::in_parallel(toy::with_defaults("net", 2), true)}), toy::registry(), 0));
    place.run();
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "rest, shared", "run " + place.id(1), "end"});
}

TEST_CASE("an interrupted session records its run and starts no other", "[session_loop]") {
    LoopPlace place(2);
    place.runner.status = record::Status::interrupted;
    place.runner.on_run = [&] { place.interrupt(1); };
    place.run();
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "end"});
    CHECK(place.is_recorded(0));
}

TEST_CASE("a session that is interrupted twice ends its background at once", "[session_loop]") {
    LoopPlace place(2);
    place.runner.on_run = [&] { place.interrupt(2); };
    place.run();
    CHECK(place.runner.journal.back() == "end at once");
}

TEST_CASE("a session that is interrupted while the machine rests starts no other run", "[session_loop]") {
    LoopPlace place(2);
    place.runner.on_cool_down = [&] { place.interrupt(place.runner.journal.size() > 1 ? 1 : 0); };
    place.run();
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "rest", "end"});
}

TEST_CASE("stop --after-run ends a session when its run is recorded", "[session_loop]") {
    LoopPlace place(2);
    place.runner.on_run = [&] { place.interruption.is_last_run = true; };
    place.run();
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "end"});
    CHECK(place.is_recorded(0));
    CHECK(place.interruption.signal == SIGINT);
    CHECK(place.interruption.is_last_run);
}

TEST_CASE("a failed run does not end a session", "[session_loop]") {
    LoopPlace place(2);
    place.runner.status = record::Status::failed;
    place.run();
    CHECK(place.is_recorded(1));
}

TEST_CASE("a record that cannot be written ends the session, after its figures were shown", "[session_loop]") {
    LoopPlace place(2);
    place.runner.on_run = [&] { std::filesystem::remove_all(place.store.directory() / place.id(0)); };
    try {
        place.run();
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::storage);
    }
    CHECK(place.observer.heard == Words{"started " + place.id(0), "ended " + place.id(0)});
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "end"});
}

TEST_CASE("a full disk ends the session before the next run", "[session_loop]") {
    LoopPlace place(2);
    place.runner.on_run = [&] { place.runner.obstacle = "the disk is full"; };
    CHECK_THROWS_AS(place.run(), Error);
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "rest", "end"});
    CHECK(place.is_recorded(0));
    CHECK(place.observer.heard.back() == "recorded " + place.id(0));
}

TEST_CASE("a round that is appended while a session runs is run too", "[session_loop]") {
    LoopPlace place(1);
    plan::PlannedExperiment more = place.plan.experiments.front();
    more.id = "toy_net_002";
    place.runner.on_run = [&] {
        if (place.runner.journal.size() == 2) {
            place.schedule.append({more});
        }
    };
    place.run();
    CHECK(place.runner.journal == Words{"no rest", "run " + place.id(0), "rest", "run toy_net_002", "end"});
}
