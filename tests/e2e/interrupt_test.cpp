#include "catch.hpp"

#include "hanging_session.hpp"
#include "json_schema.hpp"

#include <signal.h>
#include <sstream>
#include <unistd.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// "" if it has ended, reaped or not.
std::string program_of(pid_t pid) {
    std::error_code ended;
    return fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", ended).filename().string();
}

/// The owner's mark that a training bore, with this process in the owner's place.
std::string mark_of_ours(const Json& start_of_training) {
    const std::string name = "MUTATION_OWNER=";
    const std::string stat = read_text("/proc/self/stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string start;
    for (int field = 0; field < 20; ++field)
        fields >> start;
    for (const auto& variable : start_of_training["environment"]) {
        const auto text = variable.get<std::string>();
        if (text.starts_with(name)) {
            const auto owner = text.rfind(':', text.rfind(':') - 1) + 1;
            return text.substr(name.size(), owner - name.size()) + std::to_string(::getpid()) + ":" + start;
        }
    }
    return {};
}

} // namespace

TEST_CASE("an interrupted session keeps its partial record and leaves no process", "[interrupt]") {
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

TEST_CASE("only signals that the caller ignores stay ignored", "[interrupt]") {
    Lab lab;
    lab.training = {
        {"runs",
         Json::parse(
             R"([[{"print": "accuracy: 1\n"}, {"sleep": 1.5}], [{"sleep": 0.8}, {"print": "on\n"}, {"hang": true}]])")}};
    std::string name;
    int ignored = 0;
    SECTION("HUP, as nohup does") {
        name = "HUP";
        ignored = SIGHUP;
    }
    SECTION("INT, as a script's shell does in the background") {
        name = "INT";
        ignored = SIGINT;
    }
    RunningProcess tool(behind_shell(lab.tool(lab.toy_run(2)), "trap '' " + name));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 60));
    tool.send(ignored);
    for (const pid_t child : children_of(tool.pid()))
        ::kill(child, ignored);
    REQUIRE(second_runs(lab));
    CHECK(lab.record(0)["status"] == "ok");
    const auto status = lab.journal("training", "start").at(1)["status"];
    CHECK((std::stoull(status["SigIgn"].get<std::string>(), nullptr, 16) & (1ULL << (ignored - 1))) == 0);
    tool.send(SIGTERM);
    CHECK(tool.wait().exit_code == 128 + SIGTERM);
    check_interrupted(lab);
}

TEST_CASE("a session under nohup survives its terminal", "[interrupt]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}, {"sleep": 1.5}])")}};
    lab.on_terminal = true;
    RunningProcess tool(behind_shell(lab.tool(lab.toy_run(2)), "trap '' HUP; exec >/dev/null 2>&1"));
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 60));
    tool.close_terminal();
    CHECK(tool.wait().exit_code == 0);
    REQUIRE(lab.experiments().size() == 2);
    CHECK(lab.record(0)["status"] == "ok");
    CHECK(lab.record(1)["status"] == "ok");
}

TEST_CASE("a second session on the machine says that another one runs", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    RunningProcess first(lab.tool(lab.toy_run(2)));
    REQUIRE(second_runs(lab));
    Lab other;
    const auto second = other.run(other.toy_run(1));
    INFO(second.all());
    CHECK(second.exit_code == 0);
    const std::string warning =
        "another session is running on this machine (process " + std::to_string(first.pid()) + ")";
    CHECK_THAT(second.err, Contains(warning));
    CHECK_THAT(read_text(other.session() / "session.log"), Contains(warning));
    first.send(SIGTERM);
    first.wait();
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

TEST_CASE("a second interrupt kills even a training that ignores every signal", "[interrupt]") {
    Lab lab;
    let_hang(lab, {"INT", "TERM", "HUP"});
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    const auto said = tool.errors_so_far().size();
    tool.send(SIGINT);
    // The user must see that the first one was received.
    CHECK(eventually([&] { return tool.errors_so_far().size() > said; }, 60));
    tool.send(SIGINT);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    // What ignores the asking is killed 15 s after it, without a second interrupt.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(14));
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
        60));
    tool.send(SIGINT);
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    CHECK(lab.journal("training", "start").size() == 1);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a killed program leaves no process", "[interrupt]") {
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
    CHECK(eventually([&] { return processes_of(lab.root()).empty(); }, 60));
    CHECK(lab.record(0)["status"] == "ok");
}

TEST_CASE("a stopped program still ends on request", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    RunningProcess tool(lab.tool(lab.toy_run(3)));
    REQUIRE(second_runs(lab));
    for (const pid_t child : children_of(tool.pid()))
        ::kill(child, SIGSTOP);
    tool.send(SIGTERM);
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 128 + SIGTERM);
    check_interrupted(lab);
}

TEST_CASE("the next session ends what a killed session left, and nothing else", "[interrupt]") {
    Lab lab;
    let_hang(lab);
    std::vector<pid_t> training;
    {
        RunningProcess tool(lab.tool(lab.toy_run(3)));
        REQUIRE(second_runs(lab));
        std::vector<pid_t> above{tool.pid()};
        for (const auto& line : processes_of(lab.root())) {
            const bool is_of_training =
                line.find("/toy/train.sh") != std::string::npos && line.find(" __launch ") == std::string::npos;
            (is_of_training ? training : above).push_back(std::atoi(line.c_str()));
        }
        // None may see the others go and clear away.
        for (const int signal : {SIGSTOP, SIGKILL})
            for (const pid_t pid : above)
                ::kill(pid, signal);
        tool.wait();
    }
    REQUIRE(training.size() == 2);
    Invocation bystander;
    bystander.argv = {"/bin/sleep", "300"};
    const RunningProcess unmarked(bystander);
    bystander.environment["MUTATION_OWNER"] = mark_of_ours(lab.journal("training", "start").at(1));
    const RunningProcess owned(bystander);
    REQUIRE(
        eventually([&] { return program_of(unmarked.pid()) == "sleep" && program_of(owned.pid()) == "sleep"; }, 60));
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    CHECK(lab.run(lab.toy_run(1)).exit_code == 0);
    for (const pid_t pid : training)
        CHECK(program_of(pid).empty());
    CHECK(program_of(unmarked.pid()) == "sleep");
    CHECK(program_of(owned.pid()) == "sleep");
}

TEST_CASE("Ctrl-C ends a hanging on_finish command and the program", "[interrupt]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 1\n"}])")}};
    const fs::path begun = lab.root() / "begun";
    const auto file =
        lab.config({{"cooldown_seconds", 0},
                    {"baseline_seconds", 0},
                    {"on_finish", {"/bin/sh", "-c", "touch " + begun.string() + "; sleep 300"}},
                    {"experiments", Json::parse(R"([{"repo": "toy", "model": "tiny", "mode": "default"}])")}});
    RunningProcess tool(lab.tool({"-ec", file}));
    REQUIRE(eventually([&] { return fs::exists(begun); }, 60));
    tool.send(SIGINT);
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK_THAT(result.err, Contains("/bin/sh was interrupted"));
    CHECK(lab.record()["status"] == "ok");
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("resume runs only the missing experiments, with the planned values", "[interrupt]") {
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
