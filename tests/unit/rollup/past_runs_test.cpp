#include "catch.hpp"

#include "mutation/rollup/past_runs.hpp"

using namespace mutation;
using rollup::PastRuns;
using rollup::TrainingKind;

namespace {

const TrainingKind kAlone{"toy", "net", ""};
const TrainingKind kBeside{"toy", "net", "load/big"};

std::optional<double> seconds_of(const PastRuns& past, const TrainingKind& kind, std::optional<double> epochs) {
    bool is_exact = false;
    const PastRuns::Known* known = past.find(kind, is_exact);
    rollup::TrainingCount one;
    one.add(epochs);
    return known == nullptr ? std::nullopt : known->seconds.sum_for(one);
}

PastRuns from_csv(const std::string& rows) {
    PastRuns past;
    past.add_summary("experiment_id,repository,model,training_success,duration_seconds,hyperparam_epochs,"
                     "energy_cpu_total_joules,energy_gpu_total_joules,mode,background_repository,background_model\n" +
                         rows,
                     {kAlone, kBeside});
    return past;
}

} // namespace

TEST_CASE("duration and energy are a start-up plus a share per epoch") {
    PastRuns past;
    past.add(kAlone, 10, Seconds(25), Joules(250));
    past.add(kAlone, 20, Seconds(45), Joules(450));
    CHECK(*seconds_of(past, kAlone, 30) == Approx(65));
    CHECK(*seconds_of(past, kAlone, std::nullopt) == Approx(35));
}

TEST_CASE("runs with one number of epochs are scaled in proportion") {
    PastRuns past;
    past.add(kAlone, 10, Seconds(20), std::nullopt);
    past.add(kAlone, 10, Seconds(22), std::nullopt);
    CHECK(*seconds_of(past, kAlone, 20) == Approx(42));
}

TEST_CASE("a line that falls or begins below zero is not used") {
    PastRuns past;
    past.add(kAlone, 10, Seconds(50), std::nullopt);
    past.add(kAlone, 20, Seconds(10), std::nullopt);
    CHECK(*seconds_of(past, kAlone, 30) == Approx(60));
}

TEST_CASE("runs without a number of epochs count by their mean") {
    PastRuns past;
    past.add(kAlone, std::nullopt, Seconds(10), std::nullopt);
    past.add(kAlone, std::nullopt, Seconds(30), std::nullopt);
    CHECK(*seconds_of(past, kAlone, 500) == Approx(20));
}

TEST_CASE("a summary is read by its columns: only successes, with their backgrounds") {
    const PastRuns past = from_csv("toy_net_001,toy,net,True,20,10,100,200,mutation,,\n"
                                   "toy_net_002,toy,net,False,1000,10,,,mutation,,\n"
                                   "toy_net_003,toy,net,,1000,10,,,mutation,,\n"
                                   "toy_net_004_parallel,toy,net,True,60,10,,500,parallel,load,big\n"
                                   "toy_net_005,toy,net\n"
                                   "other_net_001,other,net,True,7,10,,,mutation,,\n");
    CHECK(*seconds_of(past, kAlone, 10) == Approx(20));
    CHECK(*seconds_of(past, kBeside, 10) == Approx(60));
    CHECK_FALSE(seconds_of(past, {"other", "net", ""}, 10).has_value());
    bool is_exact = false;
    CHECK(past.find(kAlone, is_exact)->joules.size() == 1);
    rollup::TrainingCount two;
    two.add(10, 2);
    CHECK(*past.find(kAlone, is_exact)->joules.sum_for(two) == Approx(600));
    CHECK(is_exact);
}

TEST_CASE("for an unknown background, runs with another background are used") {
    const PastRuns past = from_csv("toy_net_001,toy,net,True,20,10,,,mutation,,\n"
                                   "toy_net_002_parallel,toy,net,True,60,10,,,,,\n"); // v3.0 kept no background
    bool is_exact = true;
    const TrainingKind unseen{"toy", "net", "load/small"};
    CHECK(past.find(unseen, is_exact) != nullptr);
    CHECK_FALSE(is_exact);
    CHECK(*seconds_of(past, unseen, 10) == Approx(60));
}

TEST_CASE("reading stops when there are enough runs of each kind") {
    std::string rows;
    for (int i = 0; i < 300; ++i) {
        rows += "toy_net_001,toy,net,True,20,10,,,mutation,,\ntoy_net_002_parallel,toy,net,True,60,10,,,parallel,load,"
                "big\n";
    }
    const PastRuns past = from_csv(rows);
    bool is_exact = false;
    CHECK(past.find(kAlone, is_exact)->seconds.size() < 300);
    CHECK(past.is_enough({kAlone, kBeside}));
    CHECK_FALSE(past.is_enough({{"toy", "net", "load/small"}}));
}

TEST_CASE("a text that is not a summary gives no past runs") {
    for (const char* text : {"", "\n\n", "a,b\n1,2\n", "\xff\xfe\x00", "experiment_id\n\"open"}) {
        PastRuns past;
        past.add_summary(text, {kAlone});
        CHECK_FALSE(seconds_of(past, kAlone, 1).has_value());
    }
}

TEST_CASE("cells with impossible values are ignored") {
    const PastRuns past = from_csv("a_1,toy,net,True,nan,5,1,1,mutation,,\n"
                                   "a_2,toy,net,True,inf,5,1,1,mutation,,\n"
                                   "a_3,toy,net,True,-100,5,1,1,mutation,,\n"
                                   "a_4,toy,net,True,1e308,5,1,1,mutation,,\n"
                                   "a_5,toy,net,True,20,inf,nan,1e300,mutation,,\n"
                                   "a_6,toy,net,True,40,-5,,,mutation,,\n");
    bool is_exact = false;
    const PastRuns::Known* known = past.find(kAlone, is_exact);
    REQUIRE(known != nullptr);
    CHECK(known->seconds.size() == 2);
    CHECK(known->joules.size() == 0);
    CHECK(*seconds_of(past, kAlone, 5) == Approx(30));
}
