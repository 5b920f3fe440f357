#include "catch.hpp"

#include "json_schema.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// Three runs of which the second fails, at its first try and at its first retry in a later session.
void let_second_fail(Lab& lab) {
    lab.training = {{"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"print": "no luck\n"}, {"exit": 4}],
                                             [{"print": "accuracy: 1\n"}]])")}};
}

RunResult resume(Lab& lab, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"resume", lab.session().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return lab.run(arguments);
}

std::size_t starts(const Lab& lab) {
    return lab.journal("training", "start").size();
}

/// A config of three runs with both words.
std::string config_with_words(const Lab& lab) {
    const std::string line = "echo $MUTATION_SUCCEEDED $MUTATION_FAILED of $MUTATION_TOTAL in $MUTATION_SESSION >> ";
    return lab.config(
        Json{{"cooldown_seconds", 0},
             {"baseline_seconds", 0},
             {"max_retries", 0},
             {"on_finish", {"/bin/sh", "-c", line + "finished"}},
             {"on_failure", {"/bin/sh", "-c", line + "failed"}},
             {"experiments", {{{"repo", "toy"}, {"model", "tiny"}, {"mode", "default"}, {"runs_per_config", 3}}}}});
}

} // namespace

TEST_CASE("resume of a finished session runs nothing and says so, with the status of its records", "[resume]") {
    Lab lab;
    SECTION("all succeeded") {
        REQUIRE(lab.run(lab.toy_run(2)).exit_code == 0);
        const RunResult result = resume(lab);
        CHECK(result.exit_code == 0);
        CHECK_THAT(result.err, Contains("finished"));
        CHECK(starts(lab) == 2);
    }
    SECTION("one failed") {
        let_second_fail(lab);
        REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
        const RunResult result = resume(lab);
        CHECK(result.exit_code == 1);
        CHECK_THAT(result.err, Contains("finished"));
        CHECK(starts(lab) == 3);
    }
}

TEST_CASE("--retry-failed runs what failed, and that alone, and keeps the failed attempt", "[resume]") {
    Lab lab;
    let_second_fail(lab);
    REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
    const std::string first = read_text(lab.experiments().at(0) / "experiment.json");
    const Json failed = lab.record(1);
    const RunResult result = resume(lab, {"--retry-failed"});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(starts(lab) == 4);
    CHECK(read_text(lab.experiments().at(0) / "experiment.json") == first);
    Json record = lab.record(1);
    INFO(record.dump(1));
    CHECK(record_problems(record) == "");
    CHECK(record["status"] == "ok");
    CHECK(record["hyperparameters"] == failed["hyperparameters"]);
    REQUIRE(record["attempts"].size() == 2);
    CHECK(record["retries"] == 1);
    CHECK(record["attempts"][0]["status"] == "failed");
    CHECK(record["attempts"][0]["exit_code"] == 4);
    CHECK(record["attempts"][0]["energy_metrics"] == failed["attempts"][0]["energy_metrics"]);
    const fs::path kept = lab.experiments().at(1) / record["attempts"][0]["directory"].get<std::string>();
    CHECK(read_text(kept / "training.log") == "no luck\n");
    CHECK(lab.summary().size() == 3);
}

TEST_CASE("a registry that has changed since is named and refused unless forced", "[resume]") {
    Lab lab;
    let_second_fail(lab);
    REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
    lab.repositories["toy"]["required_args"] = Json::array({"--quiet"});
    const RunResult refused = resume(lab, {"--retry-failed"});
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains("toy") && Contains("changed") && Contains("--force"));
    CHECK(starts(lab) == 3);
    const RunResult forced = resume(lab, {"--retry-failed", "--force"});
    INFO(forced.all());
    CHECK(forced.exit_code == 0);
    CHECK_THAT(forced.err, Contains("changed"));
    CHECK(starts(lab) == 4);
}

TEST_CASE("a session of another version of the program is refused unless forced", "[resume]") {
    Lab lab;
    let_second_fail(lab);
    REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
    Json session = read_json(lab.session() / "session.json");
    session["tool_version"] = "0.9.1";
    write_text(lab.session() / "session.json", session.dump(1));
    const RunResult refused = resume(lab, {"--retry-failed"});
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains("0.9.1") && Contains("--force"));
    CHECK(starts(lab) == 3);
    CHECK(resume(lab, {"--retry-failed", "--force"}).exit_code == 0);
}

TEST_CASE("a session that runs is not run by a second program", "[resume]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(2)));
    REQUIRE(eventually([&] { return starts(lab) == 1; }, 60));
    const RunResult second = resume(lab);
    INFO(second.all());
    CHECK(second.exit_code == 3);
    CHECK_THAT(second.err, Contains("another process"));
    CHECK(starts(lab) == 1);
    write_text(lab.root() / "go", "");
    CHECK(tool.wait().exit_code == 0);
    CHECK(lab.summary().size() == 2);
}

TEST_CASE("a lock goes with its holder, however that ended", "[resume]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"print": "on\n"}, {"hang": true}], [{"print": "accuracy: 1\n"}]])")}};
    {
        RunningProcess tool(lab.tool(lab.toy_run(1)));
        REQUIRE(eventually([&] { return starts(lab) == 1; }, 60));
        for (const pid_t child : children_of(tool.pid()))
            ::kill(child, SIGKILL);
        CHECK(tool.wait().exit_code == 128 + SIGKILL);
    }
    const RunResult result = resume(lab);
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record(0);
    CHECK(record_problems(record) == "");
    REQUIRE(record["attempts"].size() == 2);
    CHECK(record["attempts"][0]["status"] == "interrupted");
}

TEST_CASE("on_finish has its word in any case, on_failure where something failed", "[resume]") {
    Lab lab;
    SECTION("all succeeded") {
        REQUIRE(lab.run({"-ec", config_with_words(lab)}).exit_code == 0);
        CHECK(read_text(lab.root() / "finished") == "3 0 of 3 in " + lab.session().string() + "\n");
        CHECK_FALSE(fs::exists(lab.root() / "failed"));
    }
    SECTION("one failed") {
        let_second_fail(lab);
        REQUIRE(lab.run({"-ec", config_with_words(lab)}).exit_code == 1);
        CHECK(read_text(lab.root() / "finished") == "2 1 of 3 in " + lab.session().string() + "\n");
        CHECK(read_text(lab.root() / "failed") == "2 1 of 3 in " + lab.session().string() + "\n");
    }
    SECTION("interrupted") {
        lab.training = {
            {"runs", Json::parse(R"([[{"print": "accuracy: 1\n"}], [{"print": "on\n"}, {"hang": true}]])")}};
        RunningProcess tool(lab.tool({"-ec", config_with_words(lab)}));
        REQUIRE(eventually([&] { return starts(lab) == 2; }, 60));
        tool.send(SIGTERM);
        CHECK(tool.wait().exit_code == 128 + SIGTERM);
        CHECK(read_text(lab.root() / "finished") == "1 1 of 3 in " + lab.session().string() + "\n");
    }
}

TEST_CASE("a word that cannot be given is a warning and changes no status", "[resume]") {
    Lab lab;
    Json config = read_json(config_with_words(lab));
    config["on_finish"] = {"/no/such/program"};
    const RunResult result = lab.run({"-ec", lab.config(config)});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("/no/such/program"));
}

} // namespace mutation::e2e
