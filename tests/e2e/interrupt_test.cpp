#include "catch.hpp"

#include "json_schema.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

void let_hang(Lab& lab, const Json& ignored = Json::array()) {
    lab.training = {{"ignore", ignored},
                    {"runs", Json::parse(
                                 R"([[{"print": "accuracy: 1\n"}],
                 [{"spawn": 300, "setsid": true}, {"sleep": 0.8}, {"print": "on\n"}, {"hang": true}]])")}};
}

bool second_runs(const Lab& lab) {
    return eventually(
        [&] {
            return lab.journal("training", "start").size() == 2 &&
                   read_text(lab.session() / "toy_tiny_002/training.log") == "on\n";
        },
        20);
}

void check_interrupted(const Lab& lab) {
    REQUIRE(lab.experiments().size() == 2);
    CHECK(lab.record(0)["status"] == "ok");
    Json record = lab.record(1);
    CHECK(record["status"] == "interrupted");
    CHECK(record["training_success"] == false);
    CHECK(record["energy_metrics"]["gpu_energy_total_joules"].is_number());
    CHECK(record_problems(record) == "");
    CHECK(lab.summary().size() == 2);
    CHECK(processes_of(lab.root()).empty());
}

} // namespace

TEST_CASE("an interrupted session keeps its partial record, leaves no process and exits with its signal",
          "[interrupt]") {
    Lab lab;
    let_hang(lab);
    int signal = SIGINT;
    SECTION("INT") {
        signal = SIGINT;
    }
    SECTION("TERM") {
        signal = SIGTERM;
    }
    SECTION("HUP") {
        signal = SIGHUP;
    }
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    tool.send(signal);
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 128 + signal);
    check_interrupted(lab);
    CHECK_THAT(result.err, Contains("mutation resume"));
}

TEST_CASE("Ctrl-C on a terminal does the same", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    tool.type("\x03");
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    check_interrupted(lab);
}

TEST_CASE("a second interrupt ends at once even what ignores every signal", "[interrupt]") {
    Lab lab;
    let_hang(lab, {"INT", "TERM", "HUP"});
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    const auto said = tool.errors_so_far().size();
    tool.send(SIGINT);
    // Whoever waits must be told that the first one was understood.
    CHECK(eventually([&] { return tool.errors_so_far().size() > said; }, 5));
    tool.send(SIGINT);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    check_interrupted(lab);
}

TEST_CASE("an interrupt in the cooldown ends the session without another training", "[interrupt]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    auto arguments = lab.toy_run(2);
    arguments.insert(arguments.end(), {"--cooldown", "300"});
    RunningProcess tool(lab.tool(arguments));
    REQUIRE(eventually(
        [&] {
            return lab.sessions().size() == 1 && fs::exists(lab.session() / "summary.csv") && lab.summary().size() == 1;
        },
        20));
    tool.send(SIGINT);
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    CHECK(lab.journal("training", "start").size() == 1);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a killed tool takes everything that it started with it", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    SECTION("the process that was started") {
        tool.send(SIGKILL);
    }
    SECTION("the one below it that does the work") {
        for (const pid_t child : children_of(tool.pid()))
            ::kill(child, SIGKILL);
    }
    tool.wait();
    CHECK(eventually([&] { return processes_of(lab.root()).empty(); }, 6));
    CHECK(lab.record(0)["status"] == "ok");
}

TEST_CASE("resume runs what is missing, with the plan's values, and nothing twice", "[interrupt]") {
    Lab lab;
    lab.training = {
        {"runs",
         Json::parse(
             R"([[{"print": "accuracy: 1\n"}], [{"print": "on\n"}, {"hang": true}], [{"print": "accuracy: 1\n"}]])")}};
    Json plan = [&] { return Json::parse(lab.run(lab.toy_run(3, {"--dry-run", "--json"})).out)["experiments"]; }();
    {
        RunningProcess tool(lab.tool(lab.toy_run(3)));
        REQUIRE(second_runs(lab));
        tool.send(SIGTERM);
        tool.wait();
    }
    const auto result = lab.run({"resume", lab.session().string()});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    REQUIRE(lab.experiments().size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(lab.record(i)["status"] == "ok");
        CHECK(lab.record(i)["hyperparameters"] == plan[i]["hyperparameters"]);
    }
    CHECK(lab.journal("training", "start").size() == 4);
    CHECK(lab.summary().size() == 3);
    CHECK(lab.run({"resume", lab.session().string()}).exit_code == 0);
    CHECK(lab.journal("training", "start").size() == 4);
}

} // namespace mutation::e2e
