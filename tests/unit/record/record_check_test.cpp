#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/record_check.hpp"

using namespace mutation;
using namespace mutation::record;

namespace {

constexpr const char* kSession = "run_20260107_120000";

plan::PlannedExperiment good_plan() {
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
    const plan::PlannedExperiment experiment = good_plan();
    ExperimentRecord record;
    record.session = kSession;
    record.id = experiment.id;
    record.repository = experiment.training.repository;
    record.model = experiment.training.model;
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

/// Why a document is refused as a record of ours; "" if it is read.
std::string check_record(const Json& record) {
    try {
        (void)own_record_from_json(record);
        return "";
    } catch (const Error& error) {
        return error.message();
    }
}

std::string check_place(const Json& record, std::string_view session, std::string_view id) {
    return record::check_place(record_from_json(record), session, id).value_or("");
}

std::string check_against_plan(const Json& record, const plan::PlannedExperiment& experiment) {
    return record::check_against_plan(record_from_json(record), experiment).value_or("");
}

} // namespace

TEST_CASE("a record of this program has no errors") {
    CHECK(check_record(good_record()).empty());
    CHECK(check_place(good_record(), kSession, "toy_tiny_001").empty());
    CHECK(check_against_plan(good_record(), good_plan()).empty());
    CHECK(check_record(with("/some_later_field", 1)).empty());
}

TEST_CASE("a missing field or one of the wrong type is named with its type") {
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

TEST_CASE("every checked field is required") {
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

TEST_CASE("optional fields may be missing or of another type, and then count as not recorded") {
    for (const char* field : {"window", "gpus", "energy_net", "contamination", "start_temperature_celsius",
                              "failed_attempts_energy_joules", "background", "replicate", "cooldown", "environment"}) {
        INFO(field);
        const std::string pointer = std::string("/") + field;
        const Json missing = without(pointer.c_str());
        const Json damaged = with(pointer.c_str(), true);
        CHECK(check_record(missing).empty());
        CHECK(check_record(damaged).empty());
        CHECK(record_to_json(own_record_from_json(damaged)) == record_to_json(own_record_from_json(missing)));
    }
    const auto attempt_with = [](const char* field, const Json& value) {
        return own_record_from_json(with((std::string("/attempts/0/") + field).c_str(), value)).attempts.front();
    };
    CHECK_FALSE(attempt_with("exit_code", 1.5).exit_code);
    CHECK_FALSE(attempt_with("exit_code", 1e300).exit_code);
    CHECK_FALSE(attempt_with("exit_code", 5000000000).exit_code);
    CHECK(attempt_with("exit_code", 3).exit_code == 3);
    CHECK(attempt_with("remarks", Json{"a", 1}).remarks.empty());
    CHECK_FALSE(attempt_with("energy_quality", Json{{"cpu", {{"uncertainty_joules", "x"}}}})
                    .measurement.cpu.quality.uncertainty); // not 0
    const ExperimentRecord damaged_gpus =
        own_record_from_json(with("/gpus", Json::array({7, Json{{"uuid", 7}, {"energy_joules", "x"}}})));
    REQUIRE(damaged_gpus.last_attempt().measurement.gpu.devices.size() == 1);
    CHECK_FALSE(damaged_gpus.last_attempt().measurement.gpu.devices.front().energy);
}

TEST_CASE("the checked fields of a record have the right types") {
    CHECK(check_record(with("/energy_metrics/gpu_power_avg_watts", "x")) ==
          "$.energy_metrics.gpu_power_avg_watts is \"x\", not a number");
    CHECK(check_record(with("/attempts/0/energy_metrics/gpu_power_avg_watts", "x")) ==
          "$.attempts[0].energy_metrics.gpu_power_avg_watts is \"x\", not a number");
    CHECK(check_record(without("/attempts/0/energy_metrics/gpu_power_avg_watts")).empty());
    CHECK(check_record(with("/energy_quality/cpu/verdict", "fine")) ==
          "$.energy_quality.cpu.verdict is \"fine\", no verdict");
    CHECK(check_record(with("/attempts/0/duration_seconds", true)) ==
          "$.attempts[0].duration_seconds is true, not a number");
    CHECK(check_record(without("/attempts/0/duration_seconds")).empty());
    CHECK(check_record(with("/retries", -1)) == "$.retries is -1, not a whole number");
    CHECK(check_record(with("/is_control", nullptr)) == "$.is_control is null, not true or false");
}

TEST_CASE("a newer record is distinguished from a damaged one") {
    CHECK_THAT(check_record(Json{{"schema_version", 2}}), Catch::Contains("$.schema_version 2 is newer"));
    CHECK_THAT(check_record(with("/schema_version", "1")), Catch::Contains("not a whole number"));
}

TEST_CASE("a record of another session or experiment is refused with the field") {
    CHECK(check_place(good_record(), "run_20260107_120001", "toy_tiny_001") ==
          "$.session is \"run_20260107_120000\", this experiment's is \"run_20260107_120001\"");
    CHECK_THAT(check_place(good_record(), kSession, "toy_tiny_002"), Catch::Contains("$.experiment_id"));
}

TEST_CASE("a record with other values than planned is refused with field and both values") {
    CHECK_THAT(check_against_plan(with("/repository", "other"), good_plan()), Catch::Contains("$.repository"));
    CHECK_THAT(check_against_plan(with("/mode", "parallel"), good_plan()), Catch::Contains("$.mode"));
    CHECK(check_against_plan(with("/hyperparameters/learning_rate", 0.2), good_plan()) ==
          "$.hyperparameters.learning_rate is 0.2, the plan has 0.1");
    CHECK(check_against_plan(without("/hyperparameters/seed"), good_plan()) ==
          "$.hyperparameters.seed is missing, the plan has null");
    CHECK(check_against_plan(with("/hyperparameters/extra", 1), good_plan()) ==
          "$.hyperparameters.extra is not in the plan");
    Json turned = good_record();
    turned["hyperparameters"] = {{"seed", nullptr}, {"optimizer", "sgd"}, {"epochs", 3}, {"learning_rate", 0.1}};
    CHECK(check_against_plan(turned, good_plan()).empty());
}
