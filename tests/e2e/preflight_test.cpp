#include "catch.hpp"

#include "lab.hpp"

#include <signal.h>

namespace mutation::e2e {

namespace {

using Catch::Contains;

/// A toy whose script trains, or with --check-data reports whether its data exist; it records its arguments.
Lab& with_check(Lab& lab, const std::string& asked_only = "") {
    const fs::path script = lab.root() / "work/toy/checked.sh";
    write_program(script, "#!/bin/sh\n"
                          "case \"$*\" in *--check-data*) ;; *) exec ./train.sh \"$@\" ;; esac\n"
                          "echo \"$*\" >> asked\n" +
                              asked_only +
                              "[ -e \"$TOY_DATA\" ] && exit 0\n"
                              "echo 'missing: pictures of toys'\necho '    from: the attic'\nexit 3\n");
    lab.repositories["toy"]["train_script"] = "checked.sh";
    lab.repositories["toy"]["check_arguments"] = {"--check-data"};
    lab.repositories["toy"]["environment"] = {{"TOY_DATA", "data"}};
    lab.repositories["toy"]["upstream"] = {{"url", "https://example.org/toy"}, {"commit", std::string(40, 'a')}};
    return lab;
}

std::string asked(const Lab& lab) {
    return read_text(lab.root() / "work/toy/asked");
}

/// Two experiments of each model, one of them beside a background.
std::string config_of_both_models(const Lab& lab) {
    const Json tiny{{"repo", "toy"}, {"model", "tiny"}, {"mode", "default"}};
    return lab.config(
        Json{{"cooldown_seconds", 0},
             {"baseline_seconds", 0},
             {"mode", "mixed"},
             {"experiments",
              {tiny,
               tiny,
               {{"mode", "parallel"}, {"foreground", tiny}, {"background", {{"repo", "toy"}, {"model", "big"}}}}}}});
}

} // namespace

TEST_CASE("a repository's missing data end a session before it begins, with the remedy", "[plan]") {
    Lab lab;
    with_check(lab);
    for (const auto& arguments : {lab.toy_run(2), {"-ec", config_of_both_models(lab)}}) {
        const RunResult result = lab.run(arguments);
        INFO(result.all());
        CHECK(result.exit_code == 3);
        CHECK_THAT(result.err, Contains("error: toy tiny: missing: pictures of toys\nerror:     from: the attic\n"));
        CHECK_THAT(result.err, Contains("git clone https://example.org/toy"));
    }
    CHECK_FALSE(fs::exists(lab.results()));
    CHECK(lab.journal("training", "start").empty());
    CHECK(read_text(lab.governor(0)) == "powersave\n");
}

TEST_CASE("a session checks a repository once for each planned model, backgrounds too", "[plan]") {
    Lab lab;
    with_check(lab);
    const std::string config = config_of_both_models(lab);
    CHECK(lab.run({"-ec", config, "--dry-run"}).exit_code == 0);
    CHECK(lab.run({"validate", config}).exit_code == 0);
    CHECK_FALSE(fs::exists(lab.root() / "work/toy/asked"));
    write_text(lab.root() / "work/toy/data", "");
    const RunResult result = lab.run(lab.toy_run(2));
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK(asked(lab) == "--model tiny --check-data\n");
    CHECK(lab.summary().size() == 2);
    fs::remove(lab.root() / "work/toy/data");
    CHECK(lab.run({"-ec", config}).exit_code == 3);
    CHECK(asked(lab) == "--model tiny --check-data\n--model tiny --check-data\n--model big --check-data\n");
}

TEST_CASE("a check that hangs can be interrupted", "[plan]") {
    Lab lab;
    with_check(lab, "sleep 600\n");
    RunningProcess tool(lab.tool(lab.toy_run(1)));
    REQUIRE(eventually([&] { return fs::exists(lab.root() / "work/toy/asked"); }, 20));
    tool.send(SIGINT);
    const RunResult result = tool.wait();
    INFO(result.all());
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK_FALSE(fs::exists(lab.results()));
    CHECK(eventually([&] { return processes_of(lab.root()).empty(); }, 10));
}

TEST_CASE("a script that cannot be started is explained before the session, also a background's", "[plan]") {
    Lab lab;
    struct Case {
        std::string script;
        int rights;
        std::string words;
    };
    const std::vector<Case> cases{{"#!/bin/sh\r\n./train.sh\r\n", 0755, "has Windows line ends (CR LF)"},
                                  {"#!/opt/gone/python\n", 0755, "names the interpreter /opt/gone/python"},
                                  {"#!/usr/bin/env no-such-python\n", 0755, "needs no-such-python, which is not on"},
                                  {"#!/bin/sh\n", 0644, "chmod +x"}};
    lab.repositories["load"] = lab.repositories["toy"];
    const Json tiny{{"repo", "toy"}, {"model", "tiny"}, {"mode", "default"}};
    for (const std::string broken : {"toy", "load"}) {
        for (const auto& [script, rights, words] : cases) {
            const fs::path file = lab.root() / "work/toy/broken.sh";
            write_text(file, script);
            fs::permissions(file, static_cast<fs::perms>(rights));
            for (const std::string name : {"toy", "load"})
                lab.repositories[name]["train_script"] = name == broken ? "broken.sh" : "train.sh";
            const Json beside{
                {"mode", "parallel"}, {"foreground", tiny}, {"background", {{"repo", "load"}, {"model", "tiny"}}}};
            const RunResult result = lab.run({"-ec", lab.config({{"experiments", {beside}}, {"mode", "mixed"}})});
            INFO(result.all());
            CHECK(result.exit_code == 3);
            CHECK_THAT(result.err, Contains("error: " + broken + ": its training script " + file.string()));
            CHECK_THAT(result.err, Contains(words));
        }
    }
    CHECK_FALSE(fs::exists(lab.results()));
}

} // namespace mutation::e2e
