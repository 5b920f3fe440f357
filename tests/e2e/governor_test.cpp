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

} // namespace

TEST_CASE("the governor is set while a training runs and each CPU's own put back on every way out", "[governor]") {
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

TEST_CASE("a governor of the config is set and put back, also when trainings fail", "[governor]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"exit": 1}])")}};
    const auto file = lab.config(
        Json::parse(R"({"governor": "performance", "max_retries": 0, "cooldown_seconds": 0, "baseline_seconds": 0,
        "experiments": [{"repo": "toy", "model": "tiny", "mode": "default"}]})"));
    CHECK(lab.run({"-ec", file}).exit_code == 1);
    CHECK(are(lab, "powersave", "schedutil"));
    CHECK(lab.record()["environment"].dump().find("performance") != std::string::npos);
}

TEST_CASE("without a governor asked for none is touched", "[governor]") {
    Lab lab;
    const auto before = fs::last_write_time(lab.governor(0));
    CHECK(lab.run(lab.toy_run(1)).exit_code == 0);
    CHECK(fs::last_write_time(lab.governor(0)) == before);
}

} // namespace mutation::e2e
