#include "catch.hpp"

#include "compared_sides.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/report/comparison_json.hpp"
#include "mutation/report/comparison_text.hpp"
#include "mutation/report/write_comparison.hpp"
#include "support/csv.hpp"
#include "support/json_schema.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>

namespace mutation::report {
namespace {

std::string comparison_problems(const Json& json) {
    static const Json schema =
        Json::parse(test::read_text(std::string(MUTATION_SOURCE_DIR) + "/docs/comparison.schema.json"));
    std::string text;
    for (const std::string& problem : test::schema_problems(json, schema)) {
        text += problem + "\n";
    }
    return text;
}

/// Everything that a comparison can have: two configurations, a metric of each scale, unmatched, flagged and failed
/// runs, another machine, and hostile names.
Comparison full_comparison() {
    SideMaker a("run \"a\"");
    SideMaker b("</script>,\x1b[31m");
    a.with(5, {101, 103, 99, 102, 100}).with(6, {200, 201}).with(7, {300});
    b.with(5, {108, 110, 107, 111, 109}).with(6, {222, 223}).with(8, {100, 101});
    for (SideMaker* side : {&a, &b}) {
        side->group().metrics = {{"accuracy", true}, {"mcc, \"x\"", std::nullopt}};
        double value = 0;
        for (Run& run : side->group().runs) {
            value += .01;
            run.metrics = {{"accuracy", .9 + value}, {"mcc, \"x\"", value - .03}};
        }
    }
    Run& flagged = b.add(5, 9000);
    flagged.flags = {{flagged.key, "another process, \"python\"", FlagSource::record}};
    b.group().key.machine.driver = "560";
    return compare(a.input, b.input, {std::nullopt, Machines::across});
}

} // namespace

TEST_CASE("comparison.json is as its schema says", "[compare]") {
    const Json json = comparison_to_json(full_comparison());
    CHECK(comparison_problems(json) == "");
    CHECK(comparison_problems(comparison_to_json({})) == "");
    CHECK(Json::parse(json.dump(2, ' ', false, Json::error_handler_t::replace)) == json);
    Json broken = json;
    broken["overall"][0].erase("ratio");
    broken["configurations"][0]["surprise"] = 1;
    CHECK_THAT(comparison_problems(broken), Catch::Contains("\"ratio\" is missing"));
    CHECK_THAT(comparison_problems(broken), Catch::Contains("surprise: may not be there"));
}

TEST_CASE("comparison.json has the fields that others rely on", "[compare]") {
    const Comparison comparison = full_comparison();
    const Json json = comparison_to_json(comparison);
    CHECK(json["matched"] == 2);
    CHECK(json["unmatched"]["a"].size() == 1);
    CHECK(json["unmatched"]["b"][0]["values"] == Json({{"epochs", 8}}));
    CHECK(json["margin_percent"] == 5);
    CHECK(json["overall"][0]["outcome"] == "energy");
    CHECK(json["overall"][0]["ratio"] == comparison.overall[0].contrast.value);
    CHECK(json["overall"][4]["ratio"].is_null());
    CHECK(json["overall"][4]["difference"].is_number());
    const Json& row = json["configurations"][0];
    CHECK(row["values"] == Json({{"epochs", 5}}));
    CHECK(row["n_a"] == 5);
    CHECK(row["ci95"][1] == comparison.rows[0].contrast.ci95->high);
    CHECK(row["mann_whitney_p"] == *comparison.rows[0].ranks_p);
    CHECK(json["machine_differences"][0]["fact"] == "driver");
    CHECK(json["b"]["left_out"][0]["stage"] == "unflagged");
    CHECK(json["matched_configurations"][1]["runs_b"][0]["experiment_id"] == "digits_6");
}

TEST_CASE("compare writes comparison.json and its tables", "[compare]") {
    const test::TemporaryFolder folder;
    const Comparison comparison = full_comparison();
    write_comparison(folder.path() / "new" / "folder", comparison);
    const auto path = folder.path() / "new" / "folder";
    CHECK(Json::parse(test::read_text(path / "comparison.json"))["matched"] == 2);
    const auto rows = test::parse_csv_table(test::read_text(path / "tables/configurations.csv"));
    REQUIRE(rows.size() == comparison.rows.size());
    CHECK(rows[0].at("values") == "epochs=5");
    CHECK(rows[0].at("outcome") == "energy");
    CHECK(parse_double(rows[0].at("ratio")) == comparison.rows[0].contrast.value);
    CHECK(parse_double(rows[0].at("cliffs_delta")) == 1);
    CHECK(rows[4].at("outcome") == "mcc, \"x\"");
    CHECK(rows[4].at("ratio").empty());
    const auto overall = test::parse_csv_table(test::read_text(path / "tables/overall.csv"));
    CHECK(overall.at(0).at("verdict") == "cannot tell");
    const auto left_out = test::parse_csv_table(test::read_text(path / "tables/left_out.csv"));
    CHECK(left_out.at(0).at("reason") == "another process, \"python\"");
    const auto unmatched = test::parse_csv_table(test::read_text(path / "tables/unmatched.csv"));
    CHECK(unmatched.at(1).at("side") == "b");
}

TEST_CASE("the text begins with a verdict on each outcome, in 80 columns without control characters", "[compare]") {
    const std::string text = comparison_text(full_comparison());
    CHECK_THAT(text, Catch::Contains("energy: cannot tell. B uses 9.4 % more than A"));
    CHECK_THAT(text, Catch::Contains("Margin: 5 % (the default)"));
    CHECK_THAT(text, Catch::Contains("Not the same machine: driver of digits/mlp: A 550.1, B 560"));
    CHECK_THAT(text, Catch::Contains("epochs=7 (1 run): B has no run with these values"));
    CHECK_THAT(text, Catch::Contains("digits_10: another process, \"python\""));
    std::size_t longest = 0;
    for (const std::string_view line : split(text, '\n')) {
        longest = std::max(longest, line.size());
    }
    CHECK(longest <= 80);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("nan") == std::string::npos);
}

} // namespace mutation::report
