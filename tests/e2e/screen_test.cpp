#include "catch.hpp"

#include "parallel_lab.hpp"
#include "support/screen_model.hpp"

#include <regex>

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

TEST_CASE("the live block shows the run, its values, power and the last line of its log", "[screen]") {
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

TEST_CASE("after a resize, no old line of the block remains", "[screen]") {
    const std::string words = "epoch of the toy ";
    Lab lab;
    lab.training = {
        {"steps", Json::array({{{"tick", words + std::string(75, 'x') + "\n"}, {"every", 0.3}, {"times", 12}},
                               {{"print", "accuracy: 0.9125\n"}}})}};
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    // Printed by the training, so that the output shows when: the mark comes just before.
    RunningProcess tool(behind_shell(lab.tool(lab.toy_run(1)),
                                     "{ (until [ -e go ]; do sleep 0.05; done; printf '\\001' >/dev/tty; "
                                     "stty cols 30 </dev/tty) & }"));
    const auto is_drawn = [&lab] {
        return lab.sessions().size() == 1 && read_text(lab.session() / "toy_tiny_001/training.log").size() > 500;
    };
    REQUIRE(eventually(is_drawn, 30));
    write_text(lab.root() / "go", "");
    const RunResult result = tool.wait();
    CHECK(result.exit_code == 0);
    const std::size_t mark = result.out.find('\x01');
    REQUIRE(mark != std::string::npos);
    REQUIRE(result.out.find(words) < mark);
    REQUIRE(result.out.rfind("epoch of the toy") > mark);
    for (const auto on_resize : {test::ScreenModel::OnResize::wraps_anew, test::ScreenModel::OnResize::cuts}) {
        test::ScreenModel screen(100, on_resize);
        screen.feed(std::string_view(result.out).substr(0, mark));
        screen.resize(30);
        screen.feed(std::string_view(result.out).substr(mark + 1));
        for (const std::string& line : screen.lines()) {
            INFO(line);
            CHECK(line.find("epoch of") == std::string::npos);
            CHECK(line.find("its end is") == std::string::npos);
        }
    }
}

TEST_CASE("the block includes the current cooldown and reports an overdue training", "[screen]") {
    ParallelLab lab;
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    lab.train_for(0.3);
    REQUIRE(lab.run(lab.session_of({ParallelLab::alone(), ParallelLab::alone()})).exit_code == 0);
    const RunResult cooled =
        lab.run(lab.session_of({ParallelLab::alone(), ParallelLab::alone()}, {{"cooldown_seconds", 4}}));
    std::smatch found;
    const std::regex left(R"(cooling down ([0-9.]+) s[^\n]*\r?\n +session: ([0-9.]+) s left)");
    REQUIRE(std::regex_search(cooled.out, found, left));
    CHECK(std::stod(found[1]) + std::stod(found[2]) > 3.9); // the training to come takes 0.3 s
    lab.train_for(4);
    CHECK_THAT(lab.run(lab.session_of({ParallelLab::alone()})).out,
               Contains("this training takes longer than expected; at least"));
}

TEST_CASE("a background that was away for long is reported with its percentage", "[screen]") {
    ParallelLab lab;
    lab.perf = {{"events", Json::object()}};
    lab.environment["MUTATION_NVIDIA_SMI"] = "";
    lab.background = {{"steps", Json::parse(R"([{"sleep": 0.3}])")}};
    lab.startup_wait_seconds = 0;
    lab.restart_delay_seconds = 1;
    lab.train_for(2.5);
    const RunResult result = lab.run(lab.session_of({lab.beside(1, false)}));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("the background was alive for only"));
    CHECK_THAT(result.out, Contains("toy_tiny_001_parallel: the background was alive for only"));
}

TEST_CASE("NO_COLOR turns off colours", "[screen]") {
    Lab lab;
    train_visibly(lab);
    lab.on_terminal = true;
    lab.environment["TERM"] = "xterm-256color";
    lab.environment["NO_COLOR"] = "1";
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 0);
    CHECK_FALSE(has_colour(result.out));
}

TEST_CASE("without a terminal there is one plain line per event", "[screen]") {
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

TEST_CASE("with -q only results and errors are printed", "[screen]") {
    Lab lab;
    train_visibly(lab);
    const auto loud = lab.run(lab.toy_run(1));
    const auto quiet = lab.run(lab.toy_run(1, {"-q"}));
    CHECK(quiet.exit_code == 0);
    CHECK(quiet.err.size() < loud.err.size());
    CHECK(quiet.err.find("toy_tiny_001") == std::string::npos);
}

TEST_CASE("a closed stdout does not end the session", "[screen]") {
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
