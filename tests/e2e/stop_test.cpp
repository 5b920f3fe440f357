#include "catch.hpp"

#include "hanging_session.hpp"
#include "json_schema.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

} // namespace

TEST_CASE("`mutation stop` ends a session from another terminal as Ctrl-C does", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    const auto asked = lab.run({"stop", lab.session().string()});
    INFO(asked.all());
    CHECK(asked.exit_code == 0);
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK_THAT(result.err, Contains("interrupted: the training has 15 s to end") && Contains("a second Ctrl-C kills"));
    CHECK_THAT(lab.record(1)["error_message"].get<std::string>(), Contains("mutation stop"));
    check_interrupted(lab);
    for (const char* file : {".stop", ".stop_after_run"})
        CHECK_FALSE(fs::exists(fs::symlink_status(lab.session() / file)));
}

TEST_CASE("a second `mutation stop` kills a training that ignores the first", "[interrupt]") {
    Lab lab;
    let_hang(lab, {"INT", "TERM", "HUP"});
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    CHECK(lab.run({"stop", lab.session().string()}).exit_code == 0);
    CHECK(lab.run({"stop", lab.session().string()}).exit_code == 0);
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    CHECK_THAT(lab.record(1)["attempts"][0].dump(), Contains(R"("signal":9)"));
}

TEST_CASE("the command `mutation stop --after-run` lets the current run finish, and resume continues", "[interrupt]") {
    Lab lab;
    const fs::path go = lab.root() / "go";
    lab.training = {{"steps", Json::array({{{"wait_for", go.string()}}, {{"print", "accuracy: 1\n"}}})}};
    auto arguments = lab.toy_run(3);
    arguments.insert(arguments.end(), {"--cooldown", "300"});
    RunningProcess tool(lab.tool(arguments));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 60));
    const auto asked = lab.run({"stop", "--after-run", lab.session().string()});
    INFO(asked.all());
    CHECK(asked.exit_code == 0);
    CHECK_THAT(asked.out, Contains("current run"));
    CHECK(eventually([&] { return tool.errors_so_far().find("--after-run") != std::string::npos; }, 60));
    write_text(go, "");
    const auto result = tool.wait();
    INFO(result.all());
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK_THAT(result.err, Contains("stopped after a run: 1 of 3 succeeded, 2 not run; to continue: "));
    REQUIRE(lab.experiments().size() == 1);
    CHECK(lab.record()["status"] == "ok");
    CHECK(lab.record()["energy_metrics"]["cpu_energy_pkg_joules"].is_number());
    RunningProcess resumed(lab.tool({"resume", lab.session().string()}));
    REQUIRE(eventually([&] { return lab.experiments().size() == 2; }, 60));
    CHECK(lab.run({"stop", "--after-run", lab.session().string()}).exit_code == 0);
    CHECK(resumed.wait().exit_code == 128 + SIGINT);
    CHECK(lab.journal("training", "start").size() == 2);
}

TEST_CASE("`mutation stop --after-run` in the cooldown ends the session at once", "[interrupt]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    auto arguments = lab.toy_run(2);
    arguments.insert(arguments.end(), {"--cooldown", "300"});
    RunningProcess tool(lab.tool(arguments));
    REQUIRE(eventually(
        [&] {
            return lab.sessions().size() == 1 && fs::exists(lab.session() / "summary.csv") && lab.summary().size() == 1;
        },
        60));
    CHECK(lab.run({"stop", lab.session().string(), "--after-run"}).exit_code == 0);
    const auto result = tool.wait();
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK(lab.journal("training", "start").size() == 1);
}

TEST_CASE("the command `mutation stop` of a session that does not run says what to do", "[interrupt]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    for (const char* file : {".stop", ".stop_after_run"})
        CHECK_FALSE(fs::exists(fs::symlink_status(lab.session() / file)));
    const auto finished = lab.run({"stop", lab.session().string()});
    CHECK(finished.exit_code == 2);
    CHECK_THAT(finished.err, Contains("does not run") && Contains("mutation resume " + lab.session().string()));
    const auto parent = lab.run({"stop", lab.results().string(), "--after-run"});
    CHECK(parent.exit_code == 2);
    CHECK_THAT(parent.err, Contains("is not a session"));
    CHECK(lab.run({"stop", (lab.root() / "nothing").string()}).exit_code == 2);
    CHECK(lab.run({"stop"}).exit_code == 2);
}

TEST_CASE("the command `mutation stop` reports a running session that it cannot reach", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    fs::remove(lab.session() / ".stop");
    const auto result = lab.run({"stop", lab.session().string()});
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Contains("is running, but cannot be reached"));
    tool.send(SIGINT);
    CHECK(tool.wait().exit_code == 128 + SIGINT);
}

} // namespace mutation::e2e
