#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/core/error.hpp"
#include "mutation/record/session_document.hpp"
#include "mutation/record/session_store.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace mutation;
using record::SessionStore;

namespace {

plan::Plan plan_of(int runs) {
    return plan::make_plan(toy::config({toy::mutating("net", {"epochs", "learning_rate"}, runs)}), toy::registry(), 0);
}

/// A session whose plan has two experiments.
struct PlanPlace {
    PlanPlace() {
        record::SessionDocument document;
        document.tool_version = "4.0";
        document.plan = plan_of(2);
        record::write_session_document(store.directory(), document);
    }
    [[nodiscard]] plan::Plan stored() const { return record::read_session_document(store.directory()).plan; }

    test::TemporaryFolder folder;
    SessionStore store = SessionStore::create(folder.path(), WallTime());
};

std::vector<plan::PlannedExperiment> round_of(int runs) {
    return plan_of(runs).experiments;
}

} // namespace

TEST_CASE("a plan grows by a round, which gets numbers and ids of its own", "[rounds]") {
    const PlanPlace place;
    const std::vector<plan::PlannedExperiment> added = place.store.append_experiments(round_of(3));
    REQUIRE(added.size() == 3);
    CHECK(added.front().number == 3);
    CHECK(added.front().id == "toy_net_003");
    CHECK(added.back().id == "toy_net_005");
    const plan::Plan plan = place.stored();
    REQUIRE(plan.experiments.size() == 5);
    CHECK(plan.experiments[1].id == "toy_net_002");
    CHECK(plan.experiments[4].id == "toy_net_005");
    CHECK(plan.experiments[4].training.hyperparameters.front().value ==
          added.back().training.hyperparameters.front().value);
    CHECK(record::read_session_document(place.store.directory()).tool_version == "4.0");
}

TEST_CASE("a round may train what the plan did not train before, and beside a background", "[rounds]") {
    const PlanPlace place;
    std::vector<plan::PlannedExperiment> round =
        plan::make_plan(toy::config({toy::in_parallel(toy::with_defaults("net", 1), true)}), toy::registry(), 0)
            .experiments;
    (void)place.store.append_experiments(round);
    const plan::Plan plan = place.stored();
    REQUIRE(plan.experiments.size() == 3);
    CHECK(plan.experiments[2].id == "toy_net_003_parallel");
    REQUIRE(plan.experiments[2].background.has_value());
    CHECK(plan.experiments[2].background->reuse);
}

TEST_CASE("a round that cannot be written leaves the former plan", "[rounds]") {
    const PlanPlace place;
    test::write_text(place.store.directory() / ".session.json.1.tmp", R"({"schema_version": 1, "plan": {"exp)");
    CHECK(place.stored().experiments.size() == 2);
    const std::filesystem::path temporary =
        place.store.directory() / (".session.json." + std::to_string(::getpid()) + ".tmp");
    std::filesystem::create_directories(temporary / "in_the_way");
    CHECK_THROWS_AS(place.store.append_experiments(round_of(3)), Error);
    CHECK(place.stored().experiments.size() == 2);
}

TEST_CASE("a program that is killed while the plan grows leaves the former or the longer plan", "[rounds]") {
    const PlanPlace place;
    constexpr int kKills = 10;
    constexpr std::size_t kRound = 7;
    for (int i = 0; i < kKills; ++i) {
        const std::size_t before = place.stored().experiments.size();
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            while (place.stored().experiments.size() < before + 100 * kRound) {
                (void)place.store.append_experiments(round_of(kRound));
            }
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(1500 * (i + 1)));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK((place.stored().experiments.size() - 2) % kRound == 0);
    }
}
