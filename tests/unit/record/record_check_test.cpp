#include "catch.hpp"

#include "mutation/record/experiment_record.hpp"
#include "mutation/record/record_check.hpp"

using namespace mutation;
using namespace mutation::record;

namespace {

constexpr const char* kSession = "run_20260107_120000";

plan::PlannedExperiment planned() {
    plan::PlannedExperiment experiment;
    experiment.id = "toy_tiny_001";
    experiment.training = {"toy",
                           "tiny",
                           {{"learning_rate", Value(0.1), true},
                            {"epochs", Value(std::int64_t{3}), false},
                            {"optimizer", Value(std::string("sgd")), false},
                            {"seed", std::nullopt, false}}};
    return experiment;
}

/// A record of that experiment as it is read from a file.
Json good_record() {
    const plan::PlannedExperiment experiment = planned();
    ExperimentRecord record;
    record.session = kSession;
    record.id = experiment.id;
    record.repository = experiment.training.repository;
    record.model = experiment.training.model;
    record.mode = "mutation";
    record.hyperparameters = experiment.training.hyperparameters;
    record.command = {"train.sh"};
    record.attempts.resize(2);
    record.attempts.back().status = Status::ok;
    return Json::parse(record_to_json(record).dump());
}

Json with(const char* pointer, const Json& value) {
    Json record = good_record();
    record[Json::json_pointer(pointer)] = value;
    return record;
}

Json without(const char* pointer) {
    Json record = good_record();
    const Json::json_pointer place(pointer);
    record[place.parent_pointer()].erase(place.back());
    return record;
}

} // namespace

TEST_CASE("a record as this program writes it has nothing wrong") {
    CHECK(check_record(good_record()).empty());
    CHECK(check_place(good_record(), kSession, "toy_tiny_001").empty());
    CHECK(check_against_plan(good_record(), planned()).empty());
    CHECK(check_record(with("/some_later_field", 1)).empty());
}

TEST_CASE("a field that is missing or of another type is named with what it should be") {
    CHECK(check_record(Json::array()) == "$ is [], not an object");
    CHECK(check_record(without("/status")) == "$.status is missing");
    CHECK(check_record(without("/schema_version")) == "$.schema_version is missing");
    CHECK(check_record(with("/status", 1)) == "$.status is 1, not a text");
    CHECK(check_record(with("/status", "done")) == "$.status is \"done\", no status");
    CHECK(check_record(with("/hyperparameters", 7)) == "$.hyperparameters is 7, not an object");
    CHECK(check_record(with("/duration_seconds", "1")) == "$.duration_seconds is \"1\", not a number");
    CHECK(check_record(with("/mutated", Json::array({1}))) == "$.mutated is [1], not a list of texts");
    CHECK(check_record(with("/performance_metrics/x", "y")) ==
          "$.performance_metrics is {\"x\":\"y\"}, not an object of numbers");
    CHECK(check_record(without("/energy_metrics/gpu_energy_total_joules")) ==
          "$.energy_metrics.gpu_energy_total_joules is missing");
    CHECK(check_record(without("/energy_quality/cpu")) == "$.energy_quality.cpu is missing");
    CHECK(check_record(with("/energy_quality/gpu", Json::array())) == "$.energy_quality.gpu is [], not an object");
    CHECK(check_record(with("/attempts", Json::array())) == "$.attempts is empty");
    CHECK(check_record(with("/attempts/1", 1)) == "$.attempts[1] is 1, not an object");
    CHECK(check_record(with("/attempts/1/status", "x")) == "$.attempts[1].status is \"x\", no status");
    CHECK(check_record(with("/attempts/0/energy_metrics", nullptr)) ==
          "$.attempts[0].energy_metrics is null, not an object of numbers");
}

TEST_CASE("every field that is checked is missed") {
    const Json record = good_record();
    for (const char* field :
         {"experiment_id", "session", "timestamp", "repository", "model", "mode", "hyperparameters", "status",
          "training_success", "error_message", "retries", "duration_seconds", "energy_metrics", "performance_metrics",
          "energy_quality", "attempts", "mutated", "command", "is_control"}) {
        INFO(field);
        REQUIRE(record.contains(field));
        CHECK(check_record(without((std::string("/") + field).c_str())) == std::string("$.") + field + " is missing");
        CHECK_FALSE(check_record(with((std::string("/") + field).c_str(), Json::array({Json::object()}))).empty());
    }
}

TEST_CASE("a newer program's record is told apart from a damaged one, whatever its fields are") {
    CHECK_THAT(check_record(Json{{"schema_version", 2}}), Catch::Contains("$.schema_version 2 is newer"));
    CHECK_THAT(check_record(with("/schema_version", "1")), Catch::Contains("no whole number"));
}

TEST_CASE("another session's or experiment's record is told by its field") {
    CHECK(check_place(good_record(), "run_20260107_120001", "toy_tiny_001") ==
          "$.session is \"run_20260107_120000\", this experiment's is \"run_20260107_120001\"");
    CHECK_THAT(check_place(good_record(), kSession, "toy_tiny_002"), Catch::Contains("$.experiment_id"));
}

TEST_CASE("a record of another training than was planned is told by its field and both values") {
    CHECK_THAT(check_against_plan(with("/repository", "other"), planned()), Catch::Contains("$.repository"));
    CHECK_THAT(check_against_plan(with("/mode", "parallel"), planned()), Catch::Contains("$.mode"));
    CHECK(check_against_plan(with("/hyperparameters/learning_rate", 0.2), planned()) ==
          "$.hyperparameters.learning_rate is 0.2, the plan has 0.1");
    CHECK(check_against_plan(without("/hyperparameters/seed"), planned()) ==
          "$.hyperparameters.seed is missing, the plan has null");
    CHECK(check_against_plan(with("/hyperparameters/extra", 1), planned()) ==
          "$.hyperparameters.extra is not in the plan");
    Json turned = good_record();
    turned["hyperparameters"] = {{"seed", nullptr}, {"optimizer", "sgd"}, {"epochs", 3}, {"learning_rate", 0.1}};
    CHECK(check_against_plan(turned, planned()).empty());
}
