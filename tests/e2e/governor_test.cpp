#include "catch.hpp"

#include "lab.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

bool are(const Lab& lab, const std::string& first, const std::string& second) {
    const auto word = [&](int cpu) {
        const auto text = read_text(lab.governor(cpu));
        return text.substr(0, text.find('\n'));
    };
    return word(0) == first && word(1) == second;
}

/// Gone, or waiting to be reaped.
bool is_dead(pid_t process) {
    const fs::path stat = fs::path("/proc") / std::to_string(process) / "stat";
    return !fs::exists(stat) || read_text(stat).find(") Z ") != std::string::npos;
}

} // namespace

TEST_CASE("the governor is set during a session and each CPU's own is always restored", "[governor]") {
    Lab lab;
    lab.training = {
        {"steps", Json::parse(R"([{"print": "on\n"}, {"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1, {"-g", "performance", "-mr", "0"})));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 20));
    CHECK(are(lab, "performance", "performance"));
    SECTION("success") {
        write_text(lab.root() / "go", "");
        CHECK(tool.wait().exit_code == 0);
    }
    SECTION("an interrupt") {
        tool.send(SIGINT);
        CHECK(tool.wait().exit_code == 128 + SIGINT);
    }
    SECTION("the guardian killed") {
        tool.send(SIGKILL);
        tool.wait();
    }
    CHECK(eventually([&] { return are(lab, "powersave", "schedutil"); }, 8));
}

TEST_CASE("if the guardian was killed too, the next session restores the governor", "[governor]") {
    Lab lab;
    lab.training = {
        {"steps", Json::parse(R"([{"print": "on\n"}, {"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1, {"-g", "performance", "-mr", "0"})));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 20));
    const std::vector<fs::path> claims(fs::directory_iterator(lab.sysfs() / "run"), fs::directory_iterator());
    REQUIRE(claims.size() == 1);
    const pid_t worker = std::stoi(claims[0].extension().string().substr(1));
    // The guardian is stopped first, so that it cannot react.
    tool.send(SIGSTOP);
    ::kill(worker, SIGKILL);
    tool.send(SIGKILL);
    tool.wait();
    REQUIRE(eventually([&] { return is_dead(worker); }));
    CHECK(are(lab, "performance", "performance"));
    SECTION("a session without a governor puts it back") {
        write_text(lab.root() / "go", "");
        CHECK(lab.run(lab.toy_run(1)).exit_code == 0);
        CHECK(are(lab, "powersave", "schedutil"));
    }
    SECTION("a session that sets another one puts back what the first one found") {
        write_text(lab.root() / "go", "");
        CHECK(lab.run(lab.toy_run(1, {"-g", "performance"})).exit_code == 0);
        CHECK(are(lab, "powersave", "schedutil"));
    }
    CHECK(fs::is_empty(lab.sysfs() / "run"));
}

TEST_CASE("of two overlapping sessions, the last one restores the original governor", "[governor]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess first(lab.tool(lab.toy_run(1, {"-g", "performance"})));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 20));
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go_second"}, {"print": "accuracy: 1\n"}])")}};
    RunningProcess second(lab.tool(lab.toy_run(1, {"-g", "performance"})));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 2; }, 20));
    write_text(lab.root() / "go", "");
    CHECK(first.wait().exit_code == 0);
    CHECK(are(lab, "performance", "performance"));
    write_text(lab.root() / "go_second", "");
    CHECK(second.wait().exit_code == 0);
    CHECK(are(lab, "powersave", "schedutil"));
}

TEST_CASE("a governor of the config is set and restored, also if trainings fail", "[governor]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"exit": 1}])")}};
    const auto file = lab.config(
        Json::parse(R"({"governor": "performance", "max_retries": 0, "cooldown_seconds": 0, "baseline_seconds": 0,
        "experiments": [{"repo": "toy", "model": "tiny", "mode": "default"}]})"));
    CHECK(lab.run({"-ec", file}).exit_code == 1);
    CHECK(are(lab, "powersave", "schedutil"));
    CHECK(lab.record()["environment"].dump().find("performance") != std::string::npos);
}

TEST_CASE("without a requested governor, none is changed", "[governor]") {
    Lab lab;
    const auto before = fs::last_write_time(lab.governor(0));
    CHECK(lab.run(lab.toy_run(1)).exit_code == 0);
    CHECK(fs::last_write_time(lab.governor(0)) == before);
}

TEST_CASE("a governor is restored after a kill, even without a writable state folder", "[governor]") {
    Lab lab;
    write_text(lab.sysfs() / "run", "a file, no folder\n");
    lab.training = {{"steps", Json::parse(R"([{"print": "on\n"}, {"wait_for": "../../go"}])")}};
    RunningProcess tool(lab.tool(lab.toy_run(1, {"-g", "performance", "-mr", "0"})));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 20));
    CHECK(are(lab, "performance", "performance"));
    for (const pid_t worker : children_of(tool.pid())) {
        ::kill(worker, SIGKILL);
    }
    tool.wait();
    CHECK(are(lab, "powersave", "schedutil"));
}

} // namespace mutation::e2e
