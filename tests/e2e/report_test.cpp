#include "catch.hpp"

#include "../support/campaign.hpp"
#include "lab.hpp"

namespace mutation::e2e {

namespace {

std::string make_session(const Lab& lab) {
    test::Campaign campaign;
    campaign.name = "run_1";
    campaign.not_run = .1;
    return test::write_campaign(lab.root() / "results", campaign).string();
}

} // namespace

TEST_CASE("a session ends with a report of its own, unless none is wanted", "[report]") {
    Lab lab;
    const auto run = lab.run(lab.toy_run(2));
    CHECK(run.exit_code == 0);
    const fs::path report = lab.session() / "report";
    CHECK(run.out.find("report: " + (report / "report.html").string()) != std::string::npos);
    for (const char* file : {"report.html", "report.json", "tables/runs.csv"}) {
        CHECK(fs::exists(report / file));
    }

    Lab quiet;
    CHECK(quiet.run(quiet.toy_run(1, {"--no-report"})).exit_code == 0);
    CHECK_FALSE(fs::exists(quiet.session() / "report"));
}

TEST_CASE("a report that fails does not change how a session ends", "[report]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"exit": 3}])")}};
    CHECK(lab.run(lab.toy_run(1, {"--no-report", "--max-retries", "0"})).exit_code == 1);
    write_text(lab.session() / "report", "in the way");
    const auto again = lab.run({"resume", lab.session().string(), "--retry-failed"});
    CHECK(again.exit_code == 1);
    CHECK(again.err.find("the report was not written") != std::string::npos);
}

TEST_CASE("report writes its files and prints its digest", "[report]") {
    Lab lab;
    const std::string session = make_session(lab);
    const auto run = lab.run({"report", session});
    CHECK(run.exit_code == 0);
    CHECK(run.out.find("of 40 analysed") != std::string::npos);
    CHECK(run.out.find("epochs x2 -> energy x") != std::string::npos);
    CHECK(fs::exists(fs::path(session) / "report/figures/forest_1.svg"));

    const auto json = lab.run({"report", session, "--json", "-o", (lab.root() / "elsewhere").string()});
    CHECK(Json::parse(json.out) == Json::parse(read_text(lab.root() / "elsewhere/report.json")));
}

TEST_CASE("report says what is wrong with its arguments", "[report]") {
    Lab lab;
    const std::string session = make_session(lab);
    CHECK(lab.run({"report", "nowhere"}).exit_code == 2);
    CHECK(lab.run({"report", session, session}).exit_code == 2);
    CHECK(lab.run({"report", session, "--price", "0.3"}).exit_code == 2);
    CHECK(lab.run({"report", session, "-c", "nowhere.json"}).exit_code == 2);
    fs::create_directory_symlink(".", fs::path(session) / "report");
    const auto linked = lab.run({"report", session});
    CHECK(linked.exit_code == 3);
    CHECK(linked.err.find("is a link") != std::string::npos);
}

} // namespace mutation::e2e
