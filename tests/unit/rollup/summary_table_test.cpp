#include "catch.hpp"

#include "mutation/core/error.hpp"
#include "mutation/record/field_table.hpp"
#include "mutation/record/session_layout.hpp"
#include "mutation/rollup/summary_table.hpp"
#include "support/csv.hpp"

#include <algorithm>

using namespace mutation;
using namespace mutation::rollup;

namespace {

std::string csv_of(const SummaryTable& table) {
    std::string text;
    table.write_csv([&text](std::string_view piece) { text += piece; });
    return text;
}

record::ExperimentRecord record_of(const std::string& id) {
    record::ExperimentRecord record;
    record.id = id;
    record.attempts.resize(1);
    return record;
}

Json small_record() {
    return Json::parse(R"({"experiment_id": "toy_tiny_001", "repository": "toy", "training_success": true,
        "hyperparameters": {"learning_rate": 0.0002363971669851969, "seed": null, "nesterov": false},
        "energy_metrics": {"cpu_energy_pkg_joules": null, "gpu_energy_total_joules": 36024.67999999999},
        "performance_metrics": {"accuracy": null, "loss": 3e-05}})");
}

/// The cell of the only row.
std::string cell(const Json& json, const std::string& column) {
    SummaryTable table;
    table.add(record::record_from_json(json), "run_1");
    return test::parse_csv_table(csv_of(table)).at(0).at(column);
}

std::string refusal(const Json& json) {
    try {
        (void)cell(json, "experiment_id");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
    return "";
}

} // namespace

TEST_CASE("experiments are in the order of their numbers") {
    std::vector<std::string> ids{"a_b_1000", "a_b_010", "z_b_002_parallel", "a_b_999", "none"};
    std::sort(ids.begin(), ids.end(), record::comes_before);
    CHECK(ids == std::vector<std::string>{"none", "z_b_002_parallel", "a_b_010", "a_b_999", "a_b_1000"});
    CHECK_FALSE(record::comes_before("a_1", "a_1"));
}

TEST_CASE("a table without rows is a header") {
    const auto rows = test::parse_csv(csv_of(SummaryTable()));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].size() == record::summary_columns().size());
}

TEST_CASE("columns of later rows join the table in their place, and rows are in the order of their experiments") {
    SummaryTable table;
    record::ExperimentRecord second = record_of("x_2");
    second.hyperparameters = {{"seed", Value(std::int64_t{7}), false}};
    table.add(second, "");
    record::ExperimentRecord first = record_of("x_1");
    first.hyperparameters = {{"epochs", Value(std::int64_t{3}), false}};
    first.last_attempt().metrics = {{"accuracy", 0.5}};
    table.add(first, "");
    const auto rows = test::parse_csv(csv_of(table));
    REQUIRE(rows.size() == 3);
    const std::vector<std::string> middle{"retries", "hyperparam_epochs", "hyperparam_seed", "perf_accuracy",
                                          "energy_cpu_pkg_joules"};
    REQUIRE(rows[0].size() == record::summary_columns().size() + 3);
    CHECK(std::vector<std::string>(rows[0].begin() + 6, rows[0].begin() + 11) == middle);
    const auto cells = test::parse_csv_table(csv_of(table));
    CHECK(cells[0].at("experiment_id") == "x_1");
    CHECK(cells[0].at("hyperparam_epochs") == "3");
    CHECK(cells[0].at("hyperparam_seed") == "");
    CHECK(cells[1].at("experiment_id") == "x_2");
    CHECK(cells[1].at("hyperparam_seed") == "7");
    CHECK(cells[1].at("perf_accuracy") == "");
}

TEST_CASE("cells with separators are kept, also long ones") {
    const std::string hard = "a \"b\", c\r\nd";
    const std::string large(100000, 'x');
    SummaryTable table;
    record::ExperimentRecord record = record_of(hard);
    record.last_attempt().error_message = large;
    table.add(record, "");
    const std::string text = csv_of(table);
    CHECK(text.find("\r\n\"a \"\"b\"\", c\r\nd\",") != std::string::npos);
    const auto cells = test::parse_csv_table(text);
    CHECK(cells.at(0).at("experiment_id") == hard);
    CHECK(cells.at(0).at("error_message") == large);
}

TEST_CASE("a cell has exactly the number of the record") {
    CHECK(cell(small_record(), "hyperparam_learning_rate") == "0.0002363971669851969");
    CHECK(cell(small_record(), "perf_loss") == "3e-05");
    CHECK(cell(small_record(), "energy_gpu_total_joules") == "36024.67999999999");
}

TEST_CASE("what is null or not recorded has an empty cell, and a hyperparameter or a metric keeps its column") {
    for (const char* column : {"energy_cpu_pkg_joules", "status", "hyperparam_seed", "perf_accuracy"}) {
        INFO(column);
        CHECK(cell(small_record(), column) == "");
    }
}

TEST_CASE("booleans are written as v3.0 wrote them") {
    CHECK(cell(small_record(), "training_success") == "True");
    CHECK(cell(small_record(), "hyperparam_nesterov") == "False");
}

TEST_CASE("a record without a session gets the folder's name") {
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

TEST_CASE("a nested record of v3.0 has the values of its foreground") {
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

TEST_CASE("records of a newer program and other files are refused") {
    Json record = small_record();
    CHECK(refusal(record).empty());
    record["schema_version"] = 2;
    CHECK_THAT(refusal(record), Catch::Contains("newer"));
    record["schema_version"] = 18446744073709551615U;
    CHECK_THAT(refusal(record), Catch::Contains("newer"));
    record["schema_version"] = "1";
    CHECK_THAT(refusal(record), Catch::Contains("not a whole number"));
    record::ExperimentRecord whole;
    whole.attempts.resize(1);
    CHECK(refusal(record::record_to_json(whole)).empty());
    CHECK_THAT(refusal(Json::array()), Catch::Contains("not an experiment record"));
    CHECK_THAT(refusal(Json::object()), Catch::Contains("not an experiment record"));
    CHECK_THAT(refusal(Json{{"experiment_id", 1}}), Catch::Contains("not an experiment record"));
}
