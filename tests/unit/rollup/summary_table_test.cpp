#include "catch.hpp"

#include "mutation/rollup/experiment_order.hpp"
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

SummaryRow row_of(std::vector<std::pair<std::string, std::string>> cells) {
    std::sort(cells.begin(), cells.end());
    return {std::move(cells)};
}

} // namespace

TEST_CASE("experiments are in the order of their numbers") {
    std::vector<std::string> ids{"a_b_1000", "a_b_010", "z_b_002_parallel", "a_b_999", "none"};
    std::sort(ids.begin(), ids.end(), comes_before);
    CHECK(ids == std::vector<std::string>{"none", "z_b_002_parallel", "a_b_010", "a_b_999", "a_b_1000"});
    CHECK_FALSE(comes_before("a_1", "a_1"));
}

TEST_CASE("a table without rows is a header") {
    const auto rows = test::parse_csv(csv_of(SummaryTable()));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].size() == leading_columns().size() + trailing_columns().size());
}

TEST_CASE("columns of later rows join the table in their place, rows stand in their experiments' order") {
    SummaryTable table;
    table.add(row_of({{"experiment_id", "x_2"}, {"hyperparam_seed", "7"}}));
    table.add(row_of({{"experiment_id", "x_1"}, {"hyperparam_epochs", "3"}, {"perf_accuracy", "0.5"}}));
    const auto rows = test::parse_csv(csv_of(table));
    REQUIRE(rows.size() == 3);
    const std::vector<std::string> middle{"retries", "hyperparam_epochs", "hyperparam_seed", "perf_accuracy",
                                          "energy_cpu_pkg_joules"};
    REQUIRE(rows[0].size() == leading_columns().size() + 3 + trailing_columns().size());
    CHECK(std::vector<std::string>(rows[0].begin() + 6, rows[0].begin() + 11) == middle);
    const auto cells = test::parse_csv_table(csv_of(table));
    CHECK(cells[0].at("experiment_id") == "x_1");
    CHECK(cells[0].at("hyperparam_epochs") == "3");
    CHECK(cells[0].at("hyperparam_seed") == "");
    CHECK(cells[1].at("experiment_id") == "x_2");
    CHECK(cells[1].at("hyperparam_seed") == "7");
    CHECK(cells[1].at("perf_accuracy") == "");
}

TEST_CASE("cells that hold separators survive, long ones too") {
    const std::string hard = "a \"b\", c\r\nd";
    const std::string large(100000, 'x');
    SummaryTable table;
    table.add(row_of({{"experiment_id", hard}, {"error_message", large}}));
    const std::string text = csv_of(table);
    CHECK(text.find("\r\n\"a \"\"b\"\", c\r\nd\",") != std::string::npos);
    const auto cells = test::parse_csv_table(text);
    CHECK(cells.at(0).at("experiment_id") == hard);
    CHECK(cells.at(0).at("error_message") == large);
}
