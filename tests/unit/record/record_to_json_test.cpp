#include "catch.hpp"

#include "mutation/record/experiment_record.hpp"
#include "support/temporary_folder.hpp"

#include <cmath>
#include <limits>
#include <set>

using namespace mutation;
using namespace mutation::record;

namespace {

WallTime at(double seconds) {
    return WallTime(std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(seconds)));
}

AttemptRecord measured_attempt(Status status, double cpu_joules, double gpu_joules) {
    AttemptRecord attempt;
    attempt.status = status;
    attempt.window = WallWindow{moment_of(at(1767758802.25)), moment_of(at(1767758812.75))};
    attempt.duration = Seconds(10.5);
    attempt.measurement.cpu.total = Joules(cpu_joules);
    attempt.measurement.gpu.energy = Joules(gpu_joules);
    return attempt;
}

ExperimentRecord whole_record() {
    ExperimentRecord record;
    record.session = "run_20260107_120000";
    record.id = "toy_tiny_001";
    record.repository = "toy";
    record.model = "tiny";
    record.hyperparameters = {{"learning_rate", Value(0.0002363971669851969), true},
                              {"epochs", Value(std::int64_t{3}), false},
                              {"nesterov", Value(true), false},
                              {"optimizer", Value(std::string("sgd")), false},
                              {"seed", std::nullopt, false}};
    record.command = {"train.sh", "--lr", "0.0002363971669851969"};
    AttemptRecord attempt = measured_attempt(Status::ok, 100.5, 2000.25);
    attempt.exit_code = 0;
    attempt.metrics = {{"accuracy", 0.9125}, {"loss", std::nullopt}};
    attempt.measurement.gpu.devices.resize(2);
    record.attempts = {attempt};
    record.background = BackgroundRecord{};
    record.environment = Environment{};
    record.environment->sensors.baseline = energy::IdleBaseline{};
    record.environment->repository = RepositoryFacts{};
    return record;
}

const Json& resolve(const Json& schema, const Json& root) {
    if (schema.contains("$ref")) {
        const std::string reference = schema.at("$ref");
        return root.at(Json::json_pointer(reference.substr(1)));
    }
    if (schema.contains("anyOf")) {
        for (const Json& choice : schema.at("anyOf")) {
            if (choice.value("type", "") == "object") {
                return choice;
            }
        }
    }
    return schema;
}

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) {
        keys.insert(key);
    }
    return keys;
}

/// Every object has the members that the schema demands, and no other.
void check_members(const Json& value, const Json& unresolved, const Json& root, const std::string& path) {
    const Json& schema = resolve(unresolved, root);
    INFO(path);
    if (value.is_array() && schema.contains("items")) {
        for (const Json& item : value) {
            check_members(item, schema.at("items"), root, path + "[]");
        }
    }
    if (!value.is_object() || !schema.contains("properties")) {
        return;
    }
    const Json required = schema.value("required", Json::array());
    CHECK(keys_of(value) == std::set<std::string>(required.begin(), required.end()));
    for (const auto& [key, member] : value.items()) {
        check_members(member, schema.at("properties").at(key), root, path + "." + key);
    }
}

} // namespace

TEST_CASE("a record has the members of its schema, v3.0's first and in v3.0's order") {
    const Json schema =
        Json::parse(test::read_text(std::string(MUTATION_SOURCE_DIR) + "/docs/experiment-record.schema.json"));
    const Json json = record_to_json(whole_record());
    check_members(json, schema, schema, "$");
    const std::vector<std::string> first{
        "experiment_id",  "timestamp",           "repository",       "model",   "hyperparameters", "duration_seconds",
        "energy_metrics", "performance_metrics", "training_success", "retries", "error_message"};
    auto member = json.begin();
    for (const std::string& name : first) {
        CHECK((member++).key() == name);
    }
}

TEST_CASE("values keep their type and read back to the same double") {
    const Json json = Json::parse(record_to_json(whole_record()).dump());
    const Json& values = json.at("hyperparameters");
    CHECK(values.at("learning_rate").get<double>() == 0.0002363971669851969);
    CHECK(values.at("epochs").is_number_integer());
    CHECK(values.at("nesterov") == true);
    CHECK(values.at("optimizer") == "sgd");
    CHECK(values.at("seed").is_null());
    CHECK(json.at("mutated") == Json::array({"learning_rate"}));
    CHECK(json.at("window").at("start_epoch_seconds").get<double>() == Approx(1767758802.25).margin(1e-6));
    CHECK(json.at("duration_seconds") == 10.5);
}

TEST_CASE("missing or non-finite values are null, never 0") {
    ExperimentRecord record = whole_record();
    AttemptRecord& attempt = record.attempts.back();
    attempt.window.reset();
    attempt.duration.reset();
    attempt.measurement = {};
    attempt.measurement.gpu.energy = Joules(std::numeric_limits<double>::quiet_NaN());
    attempt.metrics = {{"loss", std::numeric_limits<double>::infinity()}};
    const Json json = record_to_json(record);
    for (const auto& [name, value] : json.at("energy_metrics").items()) {
        INFO(name);
        CHECK(value.is_null());
    }
    for (const char* name : {"duration_seconds", "window", "failed_attempts_energy_joules", "start_temperature_celsius",
                             "cpu_energy_estimated_joules"}) {
        INFO(name);
        CHECK(json.at(name).is_null());
    }
    CHECK(json.at("performance_metrics").at("loss").is_null());
    CHECK(json.at("energy_net").at("cpu_joules").is_null());
}

TEST_CASE("the energy of every failed attempt counts, also in an interrupted run") {
    ExperimentRecord record = whole_record();
    CHECK(record_to_json(record).at("failed_attempts_energy_joules").is_null());
    record.attempts.insert(record.attempts.begin(), {measured_attempt(Status::interrupted, 1, 2), AttemptRecord(),
                                                     AttemptRecord(), measured_attempt(Status::timed_out, 10, 20)});
    const Json json = record_to_json(record);
    CHECK(json.at("failed_attempts_energy_joules") == 33.0);
    CHECK(json.at("retries") == 3); // not the interrupted one
    CHECK(json.at("attempts").size() == 5);
    CHECK(json.at("energy_metrics").at("cpu_energy_total_joules") == 100.5);
}

TEST_CASE("an interruption is not a retry") {
    const auto retries_after = [](std::initializer_list<Status> earlier, Status last) {
        ExperimentRecord record = whole_record();
        for (const Status status : earlier) {
            record.attempts.insert(std::prev(record.attempts.end()), measured_attempt(status, 1, 2));
        }
        record.attempts.back().status = last;
        return record_to_json(record).at("retries").get<int>();
    };
    CHECK(retries_after({}, Status::ok) == 0);
    CHECK(retries_after({Status::interrupted, Status::interrupted}, Status::ok) == 0);
    CHECK(retries_after({Status::failed, Status::interrupted}, Status::ok) == 1);
    CHECK(retries_after({Status::failed, Status::stalled, Status::timed_out}, Status::failed) == 3);
    CHECK(retries_after({Status::failed}, Status::interrupted) == 1);
}

TEST_CASE("every status has a name that reads back, and two of them are successes") {
    int successes = 0;
    for (const Status status : {Status::ok, Status::ok_without_metrics, Status::failed, Status::timed_out,
                                Status::stalled, Status::interrupted}) {
        ExperimentRecord record;
        record.attempts.resize(1);
        record.last_attempt().status = status;
        CHECK(own_record_from_json(record_to_json(record)).status() == status);
        successes += is_success(status) ? 1 : 0;
    }
    CHECK(successes == 2);
}
