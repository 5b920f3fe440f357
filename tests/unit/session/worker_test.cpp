#include "catch.hpp"

#include "fakes.hpp"
#include "mutation/core/error.hpp"
#include "mutation/session/worker.hpp"
#include "mutation/system/clock.hpp"

#include <csignal>
#include <deque>

using namespace mutation;
using Catch::Contains;
using record::Status;

namespace {

/// A made-up end of a training that printed `log` and ended `ago`.
struct MadeUpAttempt {
    int exit_code = 0;
    std::string log = "accuracy: 0.5\n";
    Seconds ago{0};
};

config::Registry registry_with_metric() {
    config::Registry registry = toy::registry();
    config::Repository repository = *registry.find("toy");
    repository.models.front().metrics = {{"accuracy", "accuracy: ([0-9.]+)", std::nullopt}};
    return {{repository}};
}

record::MachineFacts made_up_machine() {
    record::MachineFacts machine;
    machine.host = "made-up";
    return machine;
}

/// A worker on a machine without sensors, whose trainings are made up.
class WorkerPlace {
public:
    session::Worker& worker() {
        if (!worker_) {
            worker_ = std::make_unique<session::Worker>(
                session::WorkerSetup{.registry = registry,
                                     .store = store,
                                     .signals = signals,
                                     .interruption = interruption,
                                     .settings = settings,
                                     .machine = made_up_machine(),
                                     .run_attempt = [this](const run::AttemptRequest& request, system::SignalFd&,
                                                           run::Interruption&,
                                                           run::LoopClient&) { return run_attempt(request); }},
                no_sensors(), listener);
        }
        return *worker_;
    }
    record::ExperimentRecord run() { return worker().run(experiment); }
    /// How long the machine rests.
    Seconds rest(const session::Cooldown& cooldown) {
        const MonotonicTime start = system::monotonic_now();
        worker().cool_down(cooldown);
        return system::monotonic_now() - start;
    }

    test::TemporaryFolder folder;
    config::Registry registry = registry_with_metric();
    record::SessionStore store = record::SessionStore::create(folder.path(), WallTime());
    system::SignalFd signals;
    run::Interruption interruption;
    session::WorkerSettings settings{2, Seconds(0), std::nullopt, false};
    test::FakeListener listener;
    plan::PlannedExperiment experiment = test::plan_of_defaults(1).experiments.front();
    std::deque<MadeUpAttempt> attempts{{}};
    std::vector<run::AttemptRequest> requests;
    std::function<void()> on_attempt;

private:
    [[nodiscard]] std::unique_ptr<sensors::Sensors> no_sensors() const {
        sensors::SensorSources sources;
        sources.sysfs = folder.path() / "sys";
        return std::make_unique<sensors::Sensors>(sources);
    }

    run::AttemptOutcome run_attempt(const run::AttemptRequest& request) {
        requests.push_back(request);
        if (on_attempt) {
            on_attempt();
        }
        const MadeUpAttempt attempt = attempts.front();
        attempts.pop_front();
        std::ofstream(request.launch.log, std::ios::app) << attempt.log;
        run::AttemptOutcome outcome;
        outcome.ending = run::Ending::exited;
        outcome.exit_code = attempt.exit_code;
        outcome.message = attempt.exit_code == 0 ? "" : "the training failed";
        run::Lifetime lifetime;
        lifetime.end = system::monotonic_now() - std::chrono::duration_cast<std::chrono::nanoseconds>(attempt.ago);
        lifetime.start = lifetime.end - std::chrono::seconds(2);
        outcome.lifetime = lifetime;
        return outcome;
    }

    std::unique_ptr<session::Worker> worker_;
};

} // namespace

TEST_CASE("a worker runs a planned experiment and returns its record", "[worker]") {
    WorkerPlace place;
    place.worker().begin();
    const record::ExperimentRecord record = place.run();
    CHECK(record.id == place.experiment.id);
    CHECK(record.session == place.store.name());
    CHECK(record.status() == Status::ok);
    CHECK(record.last_attempt().duration == Seconds(2));
    CHECK(record.last_attempt().metrics.at("accuracy") == 0.5);
    CHECK(record.cooldown == record::CooldownKind::none);
    CHECK(record.environment->machine.host == "made-up");
    CHECK(record.environment->sensors.gpus.empty());
    CHECK(place.listener.attempts == std::vector<std::string>{"1 of 3"});
    REQUIRE(place.requests.size() == 1);
    CHECK(place.requests.front().launch.argv == record.command);
    CHECK(place.requests.front().wrapper.empty());
    CHECK_FALSE(place.store.read_record(place.experiment).has_value()); // the session writes it
}

TEST_CASE("a worker tries a failed training again and keeps its attempts", "[worker]") {
    WorkerPlace place;
    place.attempts = {{1, "boom\n", Seconds(0)}, {}};
    const record::ExperimentRecord record = place.run();
    CHECK(record.status() == Status::ok);
    REQUIRE(record.attempts.size() == 2);
    CHECK(record.attempts[0].status == Status::failed);
    CHECK(record.attempts[0].number == 1);
    CHECK(record.attempts[0].directory == "attempt_1");
    CHECK(record.attempts[1].number == 2);
    CHECK(test::read_text(place.store.directory() / record.id / "attempt_1/training.log") == "boom\n");
    CHECK(place.listener.attempts == std::vector<std::string>{"1 of 3", "2 of 3"});
    REQUIRE(place.listener.warnings.size() == 1);
    CHECK_THAT(place.listener.warnings.front(), Contains("attempt 1 of 3 failed: the training failed"));
}

TEST_CASE("a worker gives a training up after its last retry", "[worker]") {
    WorkerPlace place;
    place.settings.max_retries = 1;
    place.attempts = {{1}, {2}};
    const record::ExperimentRecord record = place.run();
    CHECK(record.status() == Status::failed);
    CHECK(record.attempts.size() == 2);
    CHECK(record.last_attempt().exit_code == 2);
}

TEST_CASE("a worker does not retry what was interrupted", "[worker]") {
    WorkerPlace place;
    place.attempts = {{1}};
    place.on_attempt = [&] { place.interruption.count = 1; };
    CHECK(place.run().attempts.size() == 1);
}

TEST_CASE("a process that cannot be created is a failed attempt, a full disk is an error of the session", "[worker]") {
    WorkerPlace place;
    place.settings.max_retries = 0;
    place.on_attempt = [] { throw Error(ErrorKind::machine, "no more processes"); };
    const record::ExperimentRecord record = place.run();
    CHECK(record.status() == Status::failed);
    CHECK_THAT(record.last_attempt().error_message, Contains("no more processes"));
    WorkerPlace full;
    full.on_attempt = [] { throw Error(ErrorKind::storage, "no space left"); };
    CHECK_THROWS_AS(full.run(), Error);
}

TEST_CASE("what an interrupted run of an experiment left is kept as the attempt before", "[worker]") {
    WorkerPlace place;
    const std::filesystem::path folder = place.store.create_experiment(place.experiment.id);
    test::write_text(folder / "training.log", "half\n");
    const record::ExperimentRecord record = place.run();
    REQUIRE(record.attempts.size() == 2);
    CHECK(record.attempts[0].status == Status::interrupted);
    CHECK(record.attempts[1].number == 2);
    CHECK(test::read_text(folder / "attempt_1/training.log") == "half\n");
    CHECK(place.listener.attempts == std::vector<std::string>{"1 of 3"});
}

TEST_CASE("a cooldown counts from the end of the training", "[worker]") {
    WorkerPlace place;
    place.attempts = {{0, "", Seconds(100)}, {}, {}};
    session::Cooldown cooldown;
    cooldown.duration = Seconds(0.3);
    (void)place.run();
    CHECK(place.rest(cooldown).count() < 0.2); // the training ended 100 s ago
    CHECK(place.run().cooldown == record::CooldownKind::idle);
    CHECK(place.rest(cooldown).count() > 0.2);
    REQUIRE_FALSE(place.listener.moments.empty());
    CHECK(place.listener.moments.back().phase == session::WorkerPhase::cooling_down);
    CHECK(place.run().cooldown == record::CooldownKind::idle);
}

TEST_CASE("a machine that does not rest says so in the record", "[worker]") {
    WorkerPlace place;
    place.attempts = {{}, {}};
    (void)place.run();
    place.worker().cool_down({});
    CHECK(place.run().cooldown == record::CooldownKind::none);
}

TEST_CASE("an interrupted session does not wait for the end of its cooldown", "[worker]") {
    WorkerPlace place;
    session::Cooldown cooldown;
    cooldown.duration = Seconds(60);
    place.interruption.count = 1;
    CHECK(place.rest(cooldown).count() < 10);
}

TEST_CASE("a training that cannot have its background is not started", "[worker]") {
    WorkerPlace place;
    place.experiment =
        plan::make_plan(toy::config({toy::in_parallel(toy::with_defaults("net", 1))}), toy::registry(), 0)
            .experiments.front();
    place.experiment.background->startup_wait = Seconds(30);
    const record::ExperimentRecord record = place.run(); // its script does not exist
    CHECK(place.requests.empty());
    CHECK(record.status() == Status::failed);
    CHECK(record.attempts.size() == 1);
    CHECK_FALSE(record.last_attempt().duration.has_value());
    REQUIRE(record.background.has_value());
    place.worker().end_background(session::BackgroundEnd::at_once);
}
