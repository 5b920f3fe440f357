#include "catch.hpp"

#include "lab.hpp"

namespace mutation::e2e {

namespace {

using Catch::Contains;

void train_visibly(Lab& lab) {
    lab.training = {
        {"steps",
         Json::parse(
             R"([{"tick": "epoch of the toy\n", "every": 0.3, "times": 6}, {"print": "accuracy: 0.9125\n"}])")}};
}

bool has_colour(const std::string& text) {
    for (const char* code : {"\x1b[3", "\x1b[1m", "\x1b[9", "\x1b[0;", "\x1b[1;"})
        if (text.find(code) != std::string::npos)
            return true;
    return false;
}

} // namespace

TEST_CASE("a terminal shows a block that says which run it is, its values, watts and the last line of its log",
          "[screen]") {
    Lab lab;
    train_visibly(lab);
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    const auto result = lab.run(lab.toy_run(2));
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("\x1b[") && Contains("/2") && Contains("toy") && Contains("tiny") &&
                               Contains("learning_rate") && Contains(" W") && Contains("epoch of the toy"));
    CHECK_THAT(result.out, Contains("0.9125") && Contains("summary.csv"));
}

TEST_CASE("NO_COLOR takes the colours away", "[screen]") {
    Lab lab;
    train_visibly(lab);
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    lab.environment["NO_COLOR"] = "1";
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 0);
    CHECK_FALSE(has_colour(result.out));
}

TEST_CASE("away from a terminal there are plain lines without escapes, an event each", "[screen]") {
    Lab lab;
    train_visibly(lab);
    lab.environment["TERM"] = "xterm-256color";
    const auto result = lab.run(lab.toy_run(2));
    CHECK(result.exit_code == 0);
    CHECK(result.all().find('\x1b') == std::string::npos);
    CHECK(result.all().find('\r') == std::string::npos);
    CHECK_THAT(result.err, Contains("toy_tiny_001") && Contains("toy_tiny_002"));
    CHECK(result.err.find("epoch of the toy") == std::string::npos);
}

TEST_CASE("the end shows a table with energy, metrics, what failed and why, and the paths", "[screen]") {
    Lab lab;
    lab.training = {{"runs", Json::parse(R"([[{"print": "accuracy: 0.9125\n"}], [{"exit": 7}]])")}};
    const auto result = lab.run(lab.toy_run(2, {"-mr", "0"}));
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.out, Contains("toy_tiny_001") && Contains("toy_tiny_002") && Contains("0.9125") &&
                               Contains("failed") && Contains("7") && Contains("summary.csv"));
}

TEST_CASE("a seed that was drawn is printed and recorded", "[screen]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    const auto result =
        lab.run({"-r", "toy", "-m", "tiny", "-mt", "epochs", "-n", "1", "--cooldown", "0", "--baseline", "0"});
    CHECK(result.exit_code == 0);
    Json session = read_json(lab.session() / "session.json");
    const std::string text = session.dump();
    const auto at = text.find("\"seed\":");
    REQUIRE(at != std::string::npos);
    CHECK_THAT(result.all(), Contains("seed"));
}

TEST_CASE("-q says less, and nothing of what goes well", "[screen]") {
    Lab lab;
    train_visibly(lab);
    const auto loud = lab.run(lab.toy_run(1));
    const auto quiet = lab.run(lab.toy_run(1, {"-q"}));
    CHECK(quiet.exit_code == 0);
    CHECK(quiet.err.size() < loud.err.size());
    CHECK(quiet.err.find("toy_tiny_001") == std::string::npos);
}

TEST_CASE("a lost reader of stdout does not cost the session", "[screen]") {
    Lab lab;
    train_visibly(lab);
    auto invocation = lab.tool(lab.toy_run(1));
    std::vector<std::string> argv{"/bin/bash", "-c", "\"$@\" | true; exit ${PIPESTATUS[0]}", "bash"};
    argv.insert(argv.end(), invocation.argv.begin(), invocation.argv.end());
    invocation.argv = argv;
    CHECK(run_process(invocation).exit_code != 128 + 13);
    CHECK(lab.record()["status"] == "ok");
    CHECK(lab.summary().size() == 1);
}

} // namespace mutation::e2e
