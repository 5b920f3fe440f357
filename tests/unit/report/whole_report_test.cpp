#include "catch.hpp"

#include "../src/report/digest_text.hpp"
#include "mutation/core/json.hpp"
#include "mutation/core/text.hpp"
#include "mutation/report/analyse.hpp"
#include "mutation/report/digest.hpp"
#include "mutation/report/report_json.hpp"
#include "mutation/report/tables.hpp"
#include "support/campaign.hpp"
#include "support/json_schema.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <string>

namespace mutation::report {
namespace {

/// From folders of sessions to a report, with factors.
Report report_on_campaign(const test::Campaign& campaign) {
    const test::TemporaryFolder folder;
    ReportRequest request;
    request.sessions = {test::write_campaign(folder.path(), campaign)};
    request.factors.carbon_intensity = 400;
    return analyse(request);
}

} // namespace

TEST_CASE("the report of a session fits its schema, and digest and tables can be made of it", "[report]") {
    test::Campaign campaign;
    campaign.replicates = 2;
    campaign.control_every = 10;
    campaign.failed = .1;
    campaign.contaminated = .05;
    const Json schema = Json::parse(test::read_text(std::string(MUTATION_SOURCE_DIR) + "/docs/report.schema.json"));
    for (const bool has_sensors : {true, false}) {
        campaign.has_cpu = has_sensors;
        campaign.has_gpu = has_sensors;
        for (const int configurations : {1, 2, 5, 40}) {
            campaign.configurations = configurations;
            const Report report = report_on_campaign(campaign);
            INFO(has_sensors << " " << configurations);
            CHECK(test::schema_problems(report_to_json(report), schema).empty());
            CHECK_FALSE(make_tables(report).empty());
            const std::string digest = make_digest(report, Charset::utf8);
            CHECK(std::count(digest.begin(), digest.end(), '\n') <= 12);
            for (const std::string_view line : split(digest, '\n')) {
                CHECK(display_width(line) <= 80);
            }
        }
    }
}

TEST_CASE("a campaign's fronts, noise and drift are in its report", "[report]") {
    test::Campaign campaign;
    campaign.replicates = 3;
    campaign.drift_per_run = .002;
    const Report report = report_on_campaign(campaign);
    const Analyses& analyses = report.groups.at(0).analyses;
    CHECK(analyses.pareto.size() == 2);
    CHECK(analyses.pareto[0].hypervolume.value() > 0);
    CHECK(analyses.replicates.configurations == 40);
    CHECK(analyses.drift.per_run_percent.value() == Approx(.2).margin(.02));
    CHECK(analyses.drift.is_order_random);
    CHECK(analyses.drift.permutation_p.value() < .001);
    bool is_warned = false;
    for (const Warning& warning : report.warnings) {
        is_warned = is_warned || warning.text.find("a run during the session") != std::string::npos;
    }
    CHECK(is_warned);
    CHECK(report.carbon->grams.value() == Approx(report.carbon->energy.value() / 3.6e6 * 400));
    CHECK(report.waste.dominated->value() > 0);
    CHECK(report.waste.dominated->value() < report.carbon->energy.value());
    CHECK_THAT(report.methods, Catch::Contains("120 of 120 planned runs of made_up/net"));
    CHECK(report.tests.size() > 40);
    CHECK_FALSE(report.tool_version.empty());
}

TEST_CASE("the spread of a campaign is its law's", "[report]") {
    test::Campaign campaign;
    campaign.configurations = 60;
    campaign.replicates = 4;
    campaign.duration_spread = .016;
    campaign.power_spread = .012; // together .02
    const Replicates replicates = report_on_campaign(campaign).groups.at(0).analyses.replicates;
    CHECK(replicates.sd_log.value() == Approx(.02).epsilon(.1));
    CHECK(replicates.sd_ci95->low < .02);
    CHECK(replicates.sd_ci95->high > .02);
}

} // namespace mutation::report
