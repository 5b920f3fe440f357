#include "catch.hpp"

#include "../support/campaign.hpp"
#include "json_schema.hpp"
#include "lab.hpp"

#include <algorithm>

namespace mutation::e2e {

namespace {

/// The folder of a session with 8 configurations and 3 runs of each. Same plan, other noise.
std::string make_session(const Lab& lab, const std::string& name, double watts = 250) {
    test::Campaign campaign;
    campaign.name = name;
    campaign.configurations = 8;
    campaign.replicates = 3;
    campaign.noise_seed = name.back() - '0';
    campaign.watts = watts;
    return test::write_campaign(lab.root() / "results", campaign).string();
}

void replace_in_records(const fs::path& session, const std::string& old_text, const std::string& new_text) {
    for (const auto& entry : fs::recursive_directory_iterator(session)) {
        if (entry.path().filename() == "experiment.json") {
            std::string text = read_text(entry.path());
            const std::size_t place = text.find(old_text);
            REQUIRE(place != std::string::npos);
            write_text(entry.path(), text.replace(place, old_text.size(), new_text));
        }
    }
}

/// All files below a folder, with what is in them.
std::map<std::string, std::string> content_of(const fs::path& folder) {
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        content[entry.path().string()] = entry.is_regular_file() ? read_text(entry.path()) : "";
    }
    return content;
}

} // namespace

TEST_CASE("compare prints verdicts and tables, and exits 1 for worse if it is asked to", "[compare]") {
    Lab lab;
    const std::string before = make_session(lab, "run_1");
    const std::string after = make_session(lab, "run_2", 275);
    const auto files = content_of(lab.results());
    const RunResult result = lab.run({"compare", before, after});
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    CHECK_THAT(result.out, Catch::Contains("A  run_1: 24 of 24 planned runs compared\nB  run_2: 24 of 24"));
    CHECK_THAT(result.out, Catch::Contains("8 configurations in both, 0 only in A, 0 only in B. Margin: 5 %"));
    CHECK_THAT(result.out, Catch::Contains("\nenergy: different. B uses "));
    CHECK_THAT(result.out, Catch::Contains("\npower: different. B draws "));
    CHECK_THAT(result.out, Catch::Contains("energy (J)\n  #    runs         A         B      B/A"));
    CHECK(content_of(lab.results()) == files);

    const RunResult worse = lab.run({"compare", before, after, "--fail-if-worse"});
    CHECK(worse.exit_code == 1);
    CHECK(worse.err == "B is worse than A in energy\n");
    CHECK(lab.run({"compare", after, before, "--fail-if-worse"}).exit_code == 0);
    CHECK(lab.run({"compare", before, after, "--fail-if-worse", "--margin", "30%"}).exit_code == 0);
    CHECK(lab.run({"compare", before, after, "--fail-if-worse", "--margin=0.02"}).exit_code == 1);
}

TEST_CASE("compare --json follows its schema, and -o writes the same with tables", "[compare]") {
    Lab lab;
    const std::string joined = make_session(lab, "run_1") + "," + make_session(lab, "run_2");
    const std::string after = make_session(lab, "run_3");
    const RunResult result = lab.run({"compare", joined, after, "--json", "-o", "out/here"});
    CHECK(result.exit_code == 0);
    const Json json = Json::parse(result.out);
    CHECK(json["a"]["sessions"] == Json({"run_1", "run_2"}));
    CHECK(json["configurations"][0]["n_a"] == 6);
    CHECK(json["configurations"][0]["n_b"] == 3);
    CHECK(json["margin_percent"] == 5);
    CHECK(read_json(lab.root() / "out/here/comparison.json") == json);
    for (const char* table : {"overall", "configurations", "unmatched", "left_out"}) {
        CHECK(fs::is_regular_file(lab.root() / "out/here/tables" / (std::string(table) + ".csv")));
    }
    CHECK(read_csv(lab.root() / "out/here/tables/overall.csv").size() == 5);
}

TEST_CASE("compare refuses two machines with exit 4, unless the user allows it", "[compare]") {
    Lab lab;
    const std::string before = make_session(lab, "run_1");
    const std::string after = make_session(lab, "run_2");
    replace_in_records(after, "\"performance\"", "\"powersave\"");
    const RunResult refused = lab.run({"compare", before, after});
    CHECK(refused.exit_code == 4);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err,
               Catch::Contains("made_up/net: the governor differs: \"performance\" in A, \"powersave\" in B"));
    CHECK_THAT(refused.err, Catch::Contains("--across-machines"));
    const RunResult across = lab.run({"compare", before, after, "--across-machines"});
    CHECK(across.exit_code == 0);
    CHECK_THAT(across.out,
               Catch::Contains("Not the same machine: governor of made_up/net: A performance, B powersave"));
    CHECK_THAT(across.out, Catch::Contains("energy: cannot tell"));
    CHECK_THAT(across.out, Catch::Contains("Note: the intervals of energy and power contain the gain errors"));
}

TEST_CASE("compare exits 4 if nothing is in both, 2 for wrong usage, 3 if it cannot write", "[compare]") {
    Lab lab;
    const std::string before = make_session(lab, "run_1");
    const std::string after = make_session(lab, "run_2");
    test::Campaign other;
    other.name = "run_3";
    other.seed = 7; // other values
    const RunResult nothing =
        lab.run({"compare", before, test::write_campaign(lab.root() / "results", other).string()});
    CHECK(nothing.exit_code == 4);
    CHECK_THAT(nothing.out, Catch::Contains("0 configurations in both, 8 only in A, 40 only in B"));
    CHECK_THAT(nothing.out, Catch::Contains("and 30 more: see --json or -o DIR"));
    CHECK_THAT(nothing.err, Catch::Contains("error: no configuration has usable runs in both A and B"));
    CHECK(lab.run({"compare", before}).exit_code == 2);
    CHECK(lab.run({"compare", before, after, before}).exit_code == 2);
    const RunResult margin = lab.run({"compare", before, after, "--margin", "5"});
    CHECK(margin.exit_code == 2);
    CHECK_THAT(margin.err, Catch::Contains("must be above 0 and below 100 %, such as 5% or 0.05"));
    CHECK(lab.run({"compare", before + ",", after}).exit_code == 2);
    const RunResult missing = lab.run({"compare", before, "results/no_such"});
    CHECK(missing.exit_code == 2);
    CHECK_THAT(missing.err, Catch::Contains("results/no_such"));
    write_text(lab.root() / "file", "");
    CHECK(lab.run({"compare", before, after, "-o", "file"}).exit_code == 3);
}

} // namespace mutation::e2e
