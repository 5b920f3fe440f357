#include "catch.hpp"

#include "mutation/core/json.hpp"
#include "mutation/report/report_json.hpp"
#include "support/json_schema.hpp"
#include "support/sample_report.hpp"
#include "support/temporary_folder.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace mutation::report {
namespace {

const Json& report_schema() {
    static const Json schema =
        Json::parse(test::read_text(std::string(MUTATION_SOURCE_DIR) + "/docs/report.schema.json"));
    return schema;
}

std::string problems_of(const Json& json) {
    std::string text;
    for (const std::string& problem : test::schema_problems(json, report_schema())) {
        text += problem + "\n";
    }
    return text;
}

/// Every object of the schema with properties requires all of them, allows no others, and says what each means.
void check_objects(const Json& schema, const std::string& path) {
    if (!schema.is_structured()) {
        return;
    }
    if (schema.is_object() && schema.contains("properties") && schema.at("properties").is_object()) {
        INFO(path);
        CHECK(schema.at("additionalProperties") == false);
        std::vector<std::string> names;
        for (const auto& [name, member] : schema.at("properties").items()) {
            names.push_back(name);
            INFO(name);
            CHECK((member.contains("description") || member.contains("$ref") || member.contains("anyOf") ||
                   member.contains("const")));
        }
        CHECK(schema.at("required") == Json(names));
    }
    for (const auto& [name, member] : schema.items()) {
        check_objects(member, path + "/" + name);
    }
}

} // namespace

TEST_CASE("report.json is as its schema says", "[report]") {
    CHECK(problems_of(report_to_json(test::sample_report())) == "");
    CHECK(problems_of(report_to_json({})) == "");
    Report bare;
    bare.groups.emplace_back();
    bare.groups.back().runs.emplace_back();
    bare.groups.back().analyses.effects.emplace_back();
    bare.groups.back().analyses.pareto.emplace_back().points.emplace_back();
    bare.groups.back().analyses.pareto.back().cost = "energy";
    bare.groups.back().background_effect.emplace();
    CHECK(problems_of(report_to_json(bare)) == "");
}

TEST_CASE("the schema of report.json requires every field and allows no other", "[report]") {
    check_objects(report_schema(), "");
    Json json = report_to_json(test::sample_report());
    json["groups"][0]["effects"][0]["surprise"] = 1;
    json["groups"][1]["pareto"][0]["points"][0].erase("metric");
    const std::string problems = problems_of(json);
    CHECK_THAT(problems, Catch::Contains("$.groups[0].effects[0].surprise: may not be there"));
    CHECK_THAT(problems, Catch::Contains("$.groups[1].pareto[0].points[0]: \"metric\" is missing"));
}

TEST_CASE("report.json has the fields that others rely on", "[report]") {
    const Report report = test::sample_report();
    const Json json = report_to_json(report);
    CHECK(json["schema_version"] == 1);
    CHECK(json["flow"][0] == Json({{"stage", "planned"}, {"runs", 47}}));
    CHECK(json["excluded"][0]["experiment_id"] == "digits_004");
    const Json& group = json["groups"][0];
    CHECK(group["runs"] == 40);
    CHECK(group["energy_parts"] == Json({"cpu", "gpu"}));
    CHECK(group["background"].is_null());
    CHECK(group["run_table"].size() == 43);
    const Json& effect = group["effects"][0];
    CHECK(effect["outcome"] == "energy");
    CHECK(effect["ratio"] == report.groups[0].analyses.effects[0].ratio->value);
    CHECK(effect["ratio_ci95"][1] == report.groups[0].analyses.effects[0].ratio->interval.high);
    CHECK(effect["ratio_of"] == "doubling");
    CHECK(group["replicates"]["sd_log_energy"] == *report.groups[0].analyses.replicates.sd_log);
    CHECK(group["with_flagged"]["effects"][0]["estimate"] != effect["estimate"]);
    CHECK(json["groups"][1]["with_flagged"].is_null());
    CHECK(json["groups"][1]["background_ratio"]["ratio"] == 1.31);
    CHECK(json["groups"][1]["replicates"]["sd_log_energy"].is_null());
    CHECK(json["groups"][1]["pareto"][0]["points"][0]["energy_joules"].is_null());
    CHECK(json["waste"]["flagged_joules"] == report.waste.flagged->value());
}

TEST_CASE("a point of the front names the rows of its runs", "[report]") {
    const Json group = report_to_json(test::sample_report())["groups"][0];
    std::size_t seen = 0;
    for (const Json& point : group["pareto"][0]["points"]) {
        for (std::size_t i = 0; i < point["rows"].size(); ++i) {
            const std::size_t row = point["rows"][i];
            CHECK(group["run_table"][row]["experiment_id"] == point["experiment_ids"][i]);
            ++seen;
        }
    }
    CHECK(seen == 33);
}

TEST_CASE("numbers of report.json round-trip, and what is no number is null", "[report]") {
    Report report = test::sample_report();
    report.groups[0].analyses.drift.per_run_percent = .1 + .2;
    report.groups[0].analyses.drift.permutation_p = std::nextafter(1e-300, 1);
    report.groups[0].analyses.drift.per_celsius_p = std::numeric_limits<double>::quiet_NaN();
    report.groups[0].analyses.drift.ci95 = stats::Interval{-std::numeric_limits<double>::infinity(), 1};
    const Json json = Json::parse(report_to_json(report).dump());
    const Json& drift = json["groups"][0]["drift"];
    CHECK(drift["per_run_percent"].get<double>() == .1 + .2);
    CHECK(drift["permutation_p"].get<double>() == std::nextafter(1e-300, 1));
    CHECK(drift["per_celsius_p"].is_null());
    CHECK(drift["ci95"] == Json::array({nullptr, 1.0}));
    CHECK(problems_of(json) == "");
}

TEST_CASE("hostile names stay as they are in report.json", "[report]") {
    const Json json = report_to_json(test::sample_report());
    CHECK(json["groups"][1]["repository"] == test::kHostileRepository);
    CHECK(json["groups"][1]["metrics"][0]["name"] == test::kHostileMetric);
    CHECK(Json::parse(json.dump()) == json);
}

} // namespace mutation::report
