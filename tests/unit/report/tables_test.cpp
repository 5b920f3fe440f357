#include "catch.hpp"

#include "mutation/core/numbers.hpp"
#include "mutation/report/tables.hpp"
#include "support/csv.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mutation::report {
namespace {

using Rows = std::vector<std::map<std::string, std::string>>;

Rows rows_of_table(const Report& report, const std::string& name) {
    for (const Table& table : make_tables(report)) {
        if (table.name == name) {
            return test::parse_csv_table(table.csv);
        }
    }
    return {};
}

} // namespace

TEST_CASE("the tables of a report have one row for each thing", "[report]") {
    const Report report = test::sample_report();
    std::map<std::string, std::size_t> rows;
    for (const Table& table : make_tables(report)) {
        const auto cells = test::parse_csv(table.csv);
        INFO(table.name);
        for (const auto& row : cells) {
            CHECK(row.size() == cells[0].size());
        }
        rows[table.name] = cells.size() - 1;
    }
    CHECK(rows == std::map<std::string, std::size_t>{{"flow", 21},
                                                     {"excluded", report.excluded.size()},
                                                     {"flagged", 3},
                                                     {"inputs", 6},
                                                     {"runs", 50},
                                                     {"effects", 50},
                                                     {"fits", 12},
                                                     {"checks", 40},
                                                     {"splits", 10},
                                                     {"importance", 40},
                                                     {"trade_offs", 4},
                                                     {"pareto", 80},
                                                     {"fronts", 5},
                                                     {"replicates", 3},
                                                     {"detectable_ratios", 10},
                                                     {"drift", 3},
                                                     {"epoch_cost", 2},
                                                     {"background", 1},
                                                     {"tests", report.tests.size()},
                                                     {"warnings", report.warnings.size()}});
}

TEST_CASE("the numbers of the tables are those of the report", "[report]") {
    const Report report = test::sample_report();
    const Rows effects = rows_of_table(report, "effects");
    const Effect& first = report.groups[0].analyses.effects[0];
    CHECK(effects[0].at("group") == "digits/mlp");
    CHECK(effects[0].at("runs") == "without_flagged");
    CHECK(effects[25].at("runs") == "with_flagged");
    CHECK(effects[0].at("hyperparameter") == "epochs");
    CHECK(parse_double(effects[0].at("ratio")) == first.ratio->value);
    CHECK(parse_double(effects[0].at("ratio_ci95_low")) == first.ratio->interval.low);
    CHECK(parse_double(effects[0].at("ci95_high")) == first.ci95.high);
    CHECK(effects[2].at("ratio").empty());
    CHECK(effects[2].at("ratio_ci95_low").empty());
}

TEST_CASE("the table of runs has values and metrics as columns", "[report]") {
    const Report report = test::sample_report();
    const Rows runs = rows_of_table(report, "runs");
    CHECK(runs[0].at("experiment_id") == "digits_001");
    CHECK(parse_double(runs[0].at("perf_accuracy")) == report.groups[0].runs[0].metrics.at("accuracy"));
    CHECK(runs[0].at("hyperparam_optimizer") == "sgd");
    CHECK(runs[0].at("mutated") == "epochs; learning_rate; dropout; optimizer; seed");
    CHECK_THAT(runs[10].at("flags"), Catch::Contains("43 % where like runs have 71 %; energy is 7.2"));
    CHECK(runs[3].at("lost_at") == "succeeded");
    CHECK(runs[3].at("energy_joules").empty());
    const auto hostile = std::find_if(runs.begin(), runs.end(),
                                      [](const auto& row) { return row.at("experiment_id") == "hostile_003"; });
    REQUIRE(hostile != runs.end());
    CHECK_THAT(hostile->at("reason"), Catch::Contains("</script><script>alert('log')</script> \"xxx"));
    CHECK_THAT(hostile->at("command"), Catch::Contains("\"$(id)\""));
    CHECK_FALSE(hostile->at(std::string("hyperparam_") + test::kHostileInput).empty());
}

TEST_CASE("a report without runs has tables without groups", "[report]") {
    const std::vector<Table> tables = make_tables({});
    CHECK(tables.empty());
}

} // namespace mutation::report
