#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/rollup/summary.hpp"

using namespace mutation;
using namespace mutation::rollup;

namespace {

Json small_record() {
    return Json::parse(R"({"experiment_id": "toy_tiny_001", "repository": "toy", "training_success": true,
        "hyperparameters": {"learning_rate": 0.0002363971669851969, "seed": null, "nesterov": false},
        "energy_metrics": {"cpu_energy_pkg_joules": null, "gpu_energy_total_joules": 36024.67999999999},
        "performance_metrics": {"accuracy": null, "loss": 3e-05}})");
}

std::string cell(const Json& record, std::string_view column) {
    const SummaryRow row = row_from_record(record::record_from_json(record), "run_1");
    const std::string* found = row.find(column);
    return found == nullptr ? "(none)" : *found;
}

std::string refusal(const Json& record) {
    try {
        (void)row_from_record(record::record_from_json(record), "run_1");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

} // namespace

TEST_CASE("a cell holds the very number of the record") {
    CHECK(cell(small_record(), "hyperparam_learning_rate") == "0.0002363971669851969");
    CHECK(cell(small_record(), "perf_loss") == "3e-05");
    CHECK(cell(small_record(), "energy_gpu_total_joules") == "36024.67999999999");
}

TEST_CASE("what is null has no cell, but a hyperparameter or a metric that is none keeps its column") {
    CHECK(cell(small_record(), "energy_cpu_pkg_joules") == "(none)");
    CHECK(cell(small_record(), "status") == "(none)");
    CHECK(cell(small_record(), "hyperparam_seed") == "");
    CHECK(cell(small_record(), "perf_accuracy") == "");
}

TEST_CASE("booleans are written as v3.0 wrote them") {
    CHECK(cell(small_record(), "training_success") == "True");
    CHECK(cell(small_record(), "hyperparam_nesterov") == "False");
}

TEST_CASE("a record that names no session gets the folder's") {
    Json record = small_record();
    CHECK(cell(record, "session") == "run_1");
    record["session"] = "run_2";
    CHECK(cell(record, "session") == "run_2");
}

TEST_CASE("lists become one cell") {
    Json record = small_record();
    record["contamination"]["gpu_processes"] = {"12 python", "13 firefox"};
    record["mutated"] = {"learning_rate"};
    CHECK(cell(record, "other_gpu_processes") == "12 python; 13 firefox");
    CHECK(cell(record, "mutated") == "learning_rate");
}

TEST_CASE("the foreground's values are those of a nested record of v3.0") {
    const Json nested{{"experiment_id", "toy_tiny_002_parallel"},
                      {"mode", "parallel"},
                      {"foreground", small_record()},
                      {"background", {{"repository", "other"}, {"model", "large"}}}};
    CHECK(cell(nested, "experiment_id") == "toy_tiny_002_parallel");
    CHECK(cell(nested, "mode") == "parallel");
    CHECK(cell(nested, "repository") == "toy");
    CHECK(cell(nested, "energy_gpu_total_joules") == "36024.67999999999");
    CHECK(cell(nested, "background_model") == "large");
}

TEST_CASE("records of a newer program and what is no record are refused") {
    Json record = small_record();
    CHECK(refusal(record).empty());
    record["schema_version"] = 2;
    CHECK_THAT(refusal(record), Catch::Contains("newer"));
    record["schema_version"] = 18446744073709551615U;
    CHECK_THAT(refusal(record), Catch::Contains("newer"));
    record["schema_version"] = "1";
    CHECK_THAT(refusal(record), Catch::Contains("no whole number"));
    record::ExperimentRecord whole;
    whole.attempts.resize(1);
    CHECK(refusal(record::record_to_json(whole)).empty());
    CHECK_THAT(refusal(Json::array()), Catch::Contains("no record"));
    CHECK_THAT(refusal(Json::object()), Catch::Contains("no record"));
    CHECK_THAT(refusal(Json{{"experiment_id", 1}}), Catch::Contains("no record"));
}
