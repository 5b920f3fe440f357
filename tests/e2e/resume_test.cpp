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

/// A config of three runs with both commands.
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

TEST_CASE("resume of a finished session runs nothing, and its exit status is that of the records", "[resume]") {
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
        CHECK_THAT(result.err, Contains("1 experiment failed") && Contains(" --retry-failed"));
        CHECK(starts(lab) == 3);
    }
}

TEST_CASE("resume --retry-failed runs only what failed and keeps the failed attempt", "[resume]") {
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

TEST_CASE("a changed registry is refused without --force", "[resume]") {
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

TEST_CASE("a session of another program version is refused without --force", "[resume]") {
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

TEST_CASE("a running session cannot be run by a second program", "[resume]") {
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

TEST_CASE("a lock ends with its process", "[resume]") {
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

TEST_CASE("a failed attempt's energy is kept if the program is killed in the next attempt", "[resume]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"print": "first\n"}, {"sleep": 0.3}, {"exit": 3}],
                                             [{"print": "on\n"}, {"hang": true}], [{"print": "accuracy: 1\n"}]])")}};
    {
        RunningProcess tool(lab.tool(lab.toy_run(1)));
        REQUIRE(eventually([&] { return starts(lab) == 2; }, 20));
        for (const pid_t child : children_of(tool.pid()))
            ::kill(child, SIGKILL);
        CHECK(tool.wait().exit_code == 128 + SIGKILL);
    }
    const Json kept = read_json(lab.session() / "toy_tiny_001/attempt_1/experiment.json");
    INFO(kept.dump(1));
    CHECK(record_problems(kept) == "");
    CHECK(kept.at("status") == "failed");
    const Json energy = kept.at("attempts").at(0).at("energy_metrics");
    const RunResult result = resume(lab);
    INFO(result.all());
    CHECK(result.exit_code == 0);
    Json record = lab.record(0);
    CHECK(record_problems(record) == "");
    REQUIRE(record["attempts"].size() == 3);
    CHECK(record["attempts"][0]["exit_code"] == 3);
    CHECK(record["attempts"][0]["energy_metrics"] == energy);
    CHECK(record["attempts"][1]["status"] == "interrupted");
    double sum = 0; // of both attempts: the second one's energy is recovered as far as it reached the disk
    for (const Json& attempt : {record["attempts"][0], record["attempts"][1]})
        for (const char* part : {"cpu_energy_total_joules", "gpu_energy_total_joules"})
            sum += attempt["energy_metrics"][part].is_null() ? 0 : attempt["energy_metrics"][part].get<double>();
    CHECK(record["failed_attempts_energy_joules"].get<double>() == Approx(sum));
    CHECK(lab.run({"summarize", lab.session().string()}).exit_code == 0);
    CHECK(lab.summary().size() == 1);
}

TEST_CASE("a session with a moved and renamed folder continues there", "[resume]") {
    Lab lab;
    let_second_fail(lab);
    REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
    const std::string name = lab.session().filename().string();
    const fs::path moved = lab.root() / "archive/seeds of May";
    fs::create_directories(moved.parent_path());
    fs::rename(lab.session(), moved);
    const RunResult result = lab.run({"resume", "archive/seeds of May", "--retry-failed"});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(starts(lab) == 4);
    CHECK(fs::is_empty(lab.results()));
    for (const char* id : {"toy_tiny_001", "toy_tiny_002", "toy_tiny_003"}) {
        Json record = read_json(moved / id / "experiment.json");
        CHECK(record_problems(record) == "");
        CHECK(record["status"] == "ok");
        CHECK(record["session"] == name);
    }
    const std::string summary = read_text(moved / "summary.csv");
    CHECK(read_csv(moved / "summary.csv").size() == 3);
    CHECK(lab.run({"summarize", moved.string()}).exit_code == 0);
    CHECK(read_text(moved / "summary.csv") == summary);
}

TEST_CASE("a damaged or foreign record is refused with file and field before anything runs", "[resume]") {
    Lab lab;
    let_second_fail(lab);
    REQUIRE(lab.run(lab.toy_run(3, {"-mr", "0"})).exit_code == 1);
    const fs::path file = lab.session() / "toy_tiny_001/experiment.json";
    const std::string text = read_text(file);
    const auto with = [&](const char* field, const Json& value) {
        Json record = Json::parse(text);
        record[field] = value;
        return record.dump(1);
    };
    const std::vector<std::pair<std::string, std::string>> damages{
        {text.substr(0, text.size() / 2), "line "},
        {"", "line 1"},
        {"[]", "$"},
        {with("attempts", 1), "$.attempts is 1"},
        {with("energy_metrics", Json::object()), "$.energy_metrics."},
        {with("schema_version", 99), "$.schema_version 99 is newer"},
        {with("session", "run_20200101_000000"), "$.session is"},
        {read_text(lab.session() / "toy_tiny_002/experiment.json"), "$.experiment_id is"},
        {with("hyperparameters", Json{{"learning_rate", 0.5}}), "$.hyperparameters."},
    };
    for (const auto& [damaged, words] : damages) {
        INFO(words);
        write_text(file, damaged);
        for (const RunResult& result :
             {resume(lab, {"--retry-failed"}), lab.run({"summarize", lab.session().string()})}) {
            INFO(result.all());
            CHECK(result.exit_code == 3);
            CHECK_THAT(result.err, Contains("toy_tiny_001/experiment.json: ") && Contains(words));
        }
        CHECK(read_text(file) == damaged);
    }
    CHECK(starts(lab) == 3);
    CHECK(lab.summary().size() == 2);
    fs::remove(file);
    CHECK(resume(lab, {"--retry-failed"}).exit_code == 0);
    CHECK(starts(lab) == 5);
}

TEST_CASE("a session.json with a field of the wrong type is refused with a message", "[resume]") {
    Lab lab;
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    const Json session = read_json(lab.session() / "session.json");
    for (const char* field : {"session", "tool_version", "registry_source", "is_registry_file", "registry_digests"}) {
        Json broken = session;
        broken[field] = 7;
        write_text(lab.session() / "session.json", broken.dump(1));
        const RunResult result = resume(lab);
        INFO(result.all());
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("session.json: $.") && Contains(field));
    }
}

TEST_CASE("on_finish always runs, on_failure only after failures", "[resume]") {
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

TEST_CASE("an on_finish command that fails is a warning and does not change the exit status", "[resume]") {
    Lab lab;
    Json config = read_json(config_with_words(lab));
    config["on_finish"] = {"/no/such/program"};
    const RunResult result = lab.run({"-ec", lab.config(config)});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("/no/such/program"));
}

} // namespace mutation::e2e
