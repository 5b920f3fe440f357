#include "catch.hpp"

#include "lab.hpp"
#include "root.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::e2e {

namespace {

std::map<std::string, std::string> environment_of(Json start) {
    std::map<std::string, std::string> variables;
    for (const auto& entry : start["environment"]) {
        const auto text = entry.get<std::string>();
        variables[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    }
    return variables;
}

uid_t owner_of(const fs::path& file) {
    struct stat status {};
    REQUIRE(::lstat(file.c_str(), &status) == 0);
    return status.st_uid;
}

} // namespace

TEST_CASE("a training gets the environment of user and repository, not perf's", "[training]") {
    Lab lab;
    lab.repositories["toy"]["environment"] = {{"TOY_DATA", "/data/of toy"}};
    lab.environment = {{"FOO", "bar baz"}, {"LANG", "de_DE.UTF-8"}, {"EMPTY_BUT_ODD", "a=b"}};
    SECTION("without a locale set") {}
    SECTION("with one") {
        lab.environment["LC_ALL"] = "fr_FR.UTF-8";
    }
    auto invocation = lab.tool(lab.toy_run(1));
    REQUIRE(run_process(invocation).exit_code == 0);
    const auto variables = environment_of(lab.journal("training", "start").at(0));
    for (const auto& [name, value] : invocation.environment) {
        INFO(name);
        REQUIRE(variables.count(name) == 1);
        CHECK(variables.at(name) == value);
    }
    CHECK(variables.at("TOY_DATA") == "/data/of toy");
    CHECK(variables.at("CUDA_DEVICE_ORDER") == "PCI_BUS_ID");
    CHECK(variables.count("LC_ALL") == lab.environment.count("LC_ALL"));
    CHECK(variables.count("LC_NUMERIC") == 0);
    const auto calls = lab.journal("perf", "stat");
    CHECK(std::all_of(calls.begin(), calls.end(),
                      [](Json call) { return call["lc_all"] == "C.UTF-8" || call["lc_all"] == "C"; }));
}

TEST_CASE("the user's CUDA_DEVICE_ORDER is kept", "[training]") {
    Lab lab;
    lab.environment["CUDA_DEVICE_ORDER"] = "FASTEST_FIRST";
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    CHECK(environment_of(lab.journal("training", "start").at(0)).at("CUDA_DEVICE_ORDER") == "FASTEST_FIRST");
}

TEST_CASE("a training runs in its repository with nothing open but /dev/null and its log", "[training]") {
    Lab lab;
    REQUIRE(run_process(behind_shell(lab.tool(lab.toy_run(1)), "exec 7</etc/passwd 9>/dev/null")).exit_code == 0);
    Json start = lab.journal("training", "start").at(0);
    CHECK(start["cwd"] == fs::canonical(lab.root() / "work/toy").string());
    const std::string log = fs::canonical(lab.experiments().at(0) / "training.log").string();
    INFO(start["fds"]);
    CHECK(start["fds"].size() == 3);
    CHECK(start["fds"]["0"] == "/dev/null");
    CHECK(start["fds"]["1"] == log);
    CHECK(start["fds"]["2"] == log);
    CHECK(start["pgid"] == start["pid"]);
    CHECK(start["sid"] == start["pid"]);
}

TEST_CASE("a training that asks on the terminal fails at once instead of waiting for ever", "[training]") {
    Lab lab;
    lab.on_terminal = true;
    lab.training = {{"steps", Json::parse(R"([{"shell": "! head -c 1 </dev/tty"}, {"print": "accuracy: 0.9\n"}])")}};
    const auto result = lab.run(lab.toy_run(1, {"--timeout", "20", "-mr", "0"}));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.record()["status"] == "ok");
}

TEST_CASE("a script that starts its training in the background and ends gets a remark and a warning", "[training]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"shell": "nohup setsid sleep 300 & true"}])")}};
    const auto result = lab.run(lab.toy_run(1));
    INFO(result.all());
    const auto remarks = lab.record()["attempts"][0]["remarks"].dump();
    CHECK_THAT(remarks, Catch::Contains("left 1 process running") && Catch::Contains("(sleep 300)") &&
                            Catch::Contains("`wait`"));
    CHECK_THAT(result.err, Catch::Contains("warning: toy_tiny_001: the training left 1 process running"));
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a training starts with default, unblocked signals", "[training]") {
    Lab lab;
    REQUIRE(run_process(behind_shell(lab.tool(lab.toy_run(1)), "trap '' INT QUIT PIPE USR1")).exit_code == 0);
    Json status = lab.journal("training", "start").at(0)["status"];
    CHECK(status["SigBlk"] == "0000000000000000");
    // 32 and 33 are the C library's own; it ignores them in what it spawns.
    CHECK((std::stoull(status["SigIgn"].get<std::string>(), nullptr, 16) & ~0x180000000ULL) == 0);
    CHECK(status["SigCgt"] == "0000000000000000");
}

TEST_CASE("a repository's arguments are never read by a shell", "[training]") {
    Lab lab;
    lab.repositories["toy"]["required_args"] = {"--data", "a b", "*", "$(touch pwned)", "; touch pwned"};
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    const auto argv = lab.journal("training", "start").at(0)["argv"].get<std::vector<std::string>>();
    const auto has = [&](const std::string& word) { return std::find(argv.begin(), argv.end(), word) != argv.end(); };
    CHECK(has("$(touch pwned)"));
    CHECK(has("a b"));
    CHECK(has("*"));
    CHECK_FALSE(fs::exists(lab.root() / "pwned"));
    CHECK_FALSE(fs::exists(lab.root() / "work/toy/pwned"));
    CHECK(lab.experiments().at(0).parent_path() == lab.session());
}

TEST_CASE("a training that was killed has failed although perf exits 0", "[training]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"print": "accuracy: 0.9\n"}, {"sleep": 0.3}, {"signal": 9}])")}};
    CHECK(lab.run(lab.toy_run(1, {"-mr", "0"})).exit_code == 1);
    Json record = lab.record();
    CHECK(record["status"] == "failed");
    CHECK(record["attempts"][0]["signal"] == 9);
    CHECK(record["energy_metrics"]["cpu_energy_pkg_joules"].is_number());
}

TEST_CASE("a grandchild that holds the log open is ended and does not delay the session", "[training]") {
    Lab lab;
    lab.limit = 30;
    lab.training = {
        {"steps", Json::parse(R"([{"spawn": 50, "setsid": true}, {"spawn": 50}, {"print": "accuracy: 0.9\n"}])")}};
    const auto result = lab.run(lab.toy_run(2));
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 0);
    CHECK(lab.record()["duration_seconds"].get<double>() < 5);
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("a script that cannot be started is reported before anything runs", "[training]") {
    Lab lab;
    lab.repositories["toy"]["train_script"] = "./missing.sh";
    const auto result = lab.run(lab.toy_run(1));
    CHECK(result.exit_code == 3);
    CHECK_THAT(result.err, Catch::Contains("missing.sh"));
    CHECK_FALSE(fs::exists(lab.results()));
}

TEST_CASE("a log of 200 MB is read for its last metric", "[training]") {
    Lab lab;
    lab.training = {
        {"steps",
         Json::parse(R"([{"print": "accuracy: 0.1\n"}, {"write_bytes": 200000000}, {"print": "accuracy: 0.2\n"}])")}};
    REQUIRE(lab.run(lab.toy_run(1)).exit_code == 0);
    CHECK(lab.record()["performance_metrics"]["accuracy"] == 0.2);
}

TEST_CASE("under sudo, trainings and results belong to the invoking user", "[training]") {
    if (::getuid() != 0)
        return;
    Lab lab;
    call_by_sudo(lab);
    SECTION("as the user") {
        const auto result = lab.run(lab.toy_run(1));
        INFO(result.all());
        REQUIRE(result.exit_code == 0);
        Json start = lab.journal("training", "start").at(0);
        CHECK(start["uid"] == kNobody);
        CHECK(start["euid"] == kNobody);
        CHECK(start["gid"] == kNobody);
        const auto groups = start["groups"].get<std::vector<int>>();
        CHECK(std::find(groups.begin(), groups.end(), 0) == groups.end());
        CHECK(start["fds"].size() == 3);
        const auto variables = environment_of(start);
        CHECK(variables.at("USER") == "nobody");
        CHECK(variables.at("HOME") != "/root");
        for (const auto& entry : fs::recursive_directory_iterator(lab.results())) {
            INFO(entry.path());
            CHECK(owner_of(entry.path()) == kNobody);
        }
        for (const auto& call : lab.journal("smi", "call"))
            CHECK(call["uid"] == kNobody);
        for (const auto& call : lab.journal("perf", "workload"))
            CHECK(call["pid"] != start["pid"]);
        CHECK(lab.record()["energy_metrics"]["cpu_energy_pkg_joules"].is_number());
    }
    SECTION("as root where that was asked for") {
        REQUIRE(lab.run(lab.toy_run(1, {"--as-root"})).exit_code == 0);
        CHECK(lab.journal("training", "start").at(0)["uid"] == 0);
    }
}

TEST_CASE("replacing the program's file does not affect a running session", "[training]") {
    Lab lab;
    lab.training = {{"steps", Json::parse(R"([{"wait_for": "../../go"}, {"print": "accuracy: 1\n"}])")}};
    auto invocation = lab.tool(lab.toy_run(2));
    const fs::path program = lab.root() / "mutation";
    fs::copy_file(MUTATION_BINARY, program);
    invocation.argv[0] = program.string();
    RunningProcess tool(invocation);
    REQUIRE(eventually([&] { return lab.journal("training", "start").size() == 1; }, 20));
    fs::remove(program);
    SECTION("by nothing") {}
    SECTION("by another version") {
        write_program(program, "#!/bin/false\n");
    }
    write_text(lab.root() / "go", "");
    const auto result = tool.wait();
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(lab.summary().size() == 2);
}

TEST_CASE("a fork bomb that ignores signals is ended completely", "[training]") {
    Lab lab;
    // Eight that each live for a moment and leave one successor: a list of them is old when it has been made.
    const fs::path relay = lab.root() / "relay.sh";
    write_program(relay, "#!/bin/sh\ntrap '' INT TERM\nsleep 0.005\n\"$0\" &\n");
    write_program(lab.root() / "start.sh",
                  "#!/bin/sh\nfor i in 1 2 3 4 5 6 7 8; do " + relay.string() + " & done\nsleep 100\n");
    lab.repositories["toy"]["train_script"] = (lab.root() / "start.sh").string();
    RunningProcess tool(lab.tool(lab.toy_run(1, {"-mr", "0"})));
    REQUIRE(eventually([&] { return !processes_of(relay).empty(); }, 20));
    tool.send(SIGINT);
    tool.send(SIGINT);
    CHECK(tool.wait().exit_code == 128 + SIGINT);
    CHECK(eventually([&] { return processes_of(relay).empty(); }, 5));
}

} // namespace mutation::e2e
