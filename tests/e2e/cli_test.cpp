#include "catch.hpp"

#include "lab.hpp"

#include <algorithm>

namespace mutation::e2e {

namespace {

using Catch::Contains;
using Words = std::vector<std::string>;

} // namespace

TEST_CASE("without arguments, the help goes to stderr with exit status 2", "[cli]") {
    Lab lab;
    const auto bare = lab.run({});
    CHECK(bare.exit_code == 2);
    CHECK(bare.out.empty());
    CHECK_THAT(bare.err, Contains("--experiment-config"));
    const auto help = lab.run({"--help"});
    CHECK(help.exit_code == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, Contains("--experiment-config") && Contains("-mt") && Contains("--results-dir"));
    CHECK(lab.run({"-h"}).out == help.out);
}

TEST_CASE("the version is one line on stdout", "[cli]") {
    Lab lab;
    const auto result = lab.run({"--version"});
    CHECK(result.exit_code == 0);
    CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 1);
    CHECK_THAT(result.out, Contains("mutation"));
}

TEST_CASE("wrong usage ends with exit status 2", "[cli]") {
    Lab lab;
    const std::vector<Words> wrong{{"-r", "toy"}, // the unit tests of options and configs have the others
                                   {"-ec", "nowhere.json"},
                                   {"-c", "nowhere.json", "--list"},
                                   {"--settings", "nowhere", "--list"},
                                   {"summarize", "nowhere"},
                                   {"resume", "nowhere"},
                                   {"-r", "toi", "-m", "tiny", "-mt", "all"},
                                   {"-r", "toy", "-m", "tiny", "-mt", "nosuch"}};
    for (const auto& words : wrong) {
        INFO(Catch::StringMaker<Words>::convert(words));
        const auto result = lab.run(words);
        CHECK(result.exit_code == 2);
        CHECK(result.out.empty());
        CHECK_FALSE(result.err.empty());
    }
    CHECK_THAT(lab.run({"-r", "toi", "-m", "tiny", "-mt", "all"}).err, Contains("did you mean \"toy\"?"));
    CHECK(lab.run({"doctr"}).err == "error: unknown command \"doctr\"; did you mean \"doctor\"?\n");
    CHECK_FALSE(fs::exists(lab.results()));
}

TEST_CASE("the list names what can be trained, for people and for programs", "[cli]") {
    Lab lab;
    const auto text = lab.run({"--list"});
    CHECK(text.exit_code == 0);
    CHECK_THAT(text.out, Contains("toy") && Contains("tiny") && Contains("learning_rate") && Contains("0.01") &&
                             Contains("log_uniform"));
    const auto json = Json::parse(lab.run({"-l", "--json"}).out);
    REQUIRE(json["repositories"].size() == 1);
    Json toy = json["repositories"][0];
    CHECK(toy["name"] == "toy");
    REQUIRE(toy["models"].size() == 2);
    CHECK(toy["models"][0]["name"] == "tiny");
    CHECK(toy["models"][0]["aliases"].is_array());
    CHECK(toy["models"][0]["hyperparameters"].size() == 5);
}

TEST_CASE("list, run and help are commands, and a list can be of one repository or model", "[cli]") {
    Lab lab;
    lab.repositories["other"] = lab.repositories["toy"];
    lab.repositories["other"]["models"] = {"huge"};
    CHECK(lab.run({"list"}).out == lab.run({"--list"}).out);
    const auto repositories = [&](Words words) {
        words.insert(words.end(), {"--json"});
        return Json::parse(lab.run(words).out)["repositories"];
    };
    CHECK(repositories({"list"}).size() == 2);
    CHECK(repositories({"--list", "-r", "toy"}).size() == 1);
    Json one = repositories({"list", "-m", "huge"});
    REQUIRE(one.size() == 1);
    CHECK(one[0]["name"] == "other");
    CHECK(repositories({"list", "-r", "toy", "-m", "big"})[0]["models"].size() == 1);
    CHECK_THAT(lab.run({"list", "-r", "toi"}).err, Contains("did you mean \"toy\"?"));
    CHECK_THAT(lab.run({"list", "-r", "toy", "-m", "hug"}).err, Contains("unknown name"));
    auto words = lab.toy_run(1, {"--dry-run", "-s", "1"});
    const auto plain = lab.run(words).out;
    words.insert(words.begin(), "run");
    CHECK(lab.run(words).out == plain);
    CHECK(lab.run({"help"}).out == lab.run({"--help"}).out);
    CHECK_THAT(lab.run({"help", "resume"}).out, Contains("--retry-failed") && !Contains("--mutate"));
}

TEST_CASE("list, dry run and validate look at files only", "[cli]") {
    Lab lab;
    lab.environment = {{"MUTATION_PERF", "/nonexistent/perf"},
                       {"MUTATION_NVIDIA_SMI", "/nonexistent/smi"},
                       {"MUTATION_SYSFS", "/nonexistent"}};
    lab.repositories["toy"]["path"] = "no/such/clone";
    CHECK(lab.run({"--list"}).exit_code == 0);
    const auto plan = lab.run(lab.toy_run(1, {"--dry-run", "--json", "-g", "performance"}));
    CHECK(plan.exit_code == 0);
    CHECK_THAT(plan.err, Contains("warning: ")); // the clone is missing
    CHECK(Json::parse(plan.out).is_object());    // stdout has only the plan
    CHECK(lab.run({"validate", (lab.settings() / "repos/toy.json").string()}).exit_code == 0);
    CHECK_FALSE(fs::exists(lab.results()));
    CHECK(lab.journal("perf", "call").empty());
    CHECK(lab.journal("smi", "call").empty());
}

TEST_CASE("if something is missing on the machine, the exit status is 3 and nothing runs", "[cli]") {
    Lab lab;
    SECTION("a repository's folder") {
        lab.repositories["toy"]["path"] = "no/such/clone";
    }
    SECTION("a perf that was named") {
        lab.environment["MUTATION_PERF"] = "/nonexistent/perf";
    }
    SECTION("an nvidia-smi that was named") {
        lab.environment["MUTATION_NVIDIA_SMI"] = "/nonexistent/smi";
    }
    SECTION("a governor that the processor does not know") {
        for (const int cpu : {0, 1})
            write_text(lab.governor(cpu).parent_path() / "scaling_available_governors", "performance powersave\n");
        lab.environment["E2E"] = "governor";
    }
    SECTION("a place for results") {
        write_text(lab.results(), "a file where the folder should be\n");
    }
    const auto result =
        lab.run(lab.toy_run(1, lab.environment.count("E2E") > 0 ? Words{"-g", "conservative"} : Words{}));
    INFO(result.err);
    CHECK(result.exit_code == 3);
    CHECK_FALSE(result.err.empty());
    CHECK(lab.journal("training", "start").empty());
    CHECK((!fs::is_directory(lab.results()) || lab.sessions().empty()));
}

TEST_CASE("a deleted working directory is reported, not as a defect", "[cli]") {
    Lab lab;
    const auto arguments = GENERATE(std::vector<std::string>{"-r", "toy", "-m", "tiny", "-mt", "all"},
                                    std::vector<std::string>{"-r", "toy", "-m", "tiny", "-mt", "all", "--dry-run"},
                                    std::vector<std::string>{"doctor"}, std::vector<std::string>{"validate", "x.json"},
                                    std::vector<std::string>{"resume", "results/run_1"},
                                    std::vector<std::string>{"summarize", "results/run_1"});
    const RunResult result = run_process(behind_shell(lab.tool(arguments), "mkdir gone && cd gone && rmdir ../gone"));
    INFO(arguments[0] << result.all());
    CHECK_THAT(result.err, !Contains("defect"));
    CHECK((result.exit_code == 2 || result.exit_code == 3));
    if (arguments[0] == "-r") {
        CHECK_THAT(result.err, Contains("the working directory cannot be used"));
        CHECK(result.exit_code == 3);
    }
}

TEST_CASE("settings are found by flag, by variable, in the current folder and beside the program", "[cli]") {
    Lab lab;
    const auto names = [&](const Words& arguments) {
        return Json::parse(lab.run(arguments).out)["repositories"][0]["name"];
    };
    CHECK(names({"--list", "--json"}) == "toy");
    fs::create_directories(lab.root() / "other/repos");
    fs::copy_file(lab.settings() / "repos/toy.json", lab.root() / "other/repos/elsewhere.json");
    CHECK(names({"--list", "--json", "--settings", "other"}) == "elsewhere");
    lab.environment["MUTATION_SETTINGS"] = (lab.root() / "other").string();
    CHECK(names({"--list", "--json"}) == "elsewhere");
    lab.environment["MUTATION_SETTINGS"] = ""; // unset
    CHECK(names({"--list", "--json"}) == "toy");
    auto far = lab.tool({"--list", "--json"});
    far.directory = "/";
    CHECK(Json::parse(run_process(far).out)["repositories"].size() >= 7);
}

TEST_CASE("validate reports every error of every file and nothing about the machine", "[cli]") {
    Lab lab;
    const std::string good = lab.config(
        {{"experiments",
          Json::array({{{"repo", "toy"}, {"model", "tiny"}, {"mutate", {"all"}}, {"runs_per_config", 2}}})}});
    const fs::path bad = lab.root() / "bad.json";
    write_text(
        bad,
        R"({"experiments": [{"repo": "toi", "model": "tiny", "mutate": ["all"]}, {"repo": "toy", "model": "x", "mutat": 1}]})");
    CHECK(lab.run({"validate", good}).exit_code == 0);
    const auto result = lab.run({"validate", good, bad.string()});
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.all(),
               Contains("bad.json") && Contains("$.experiments[0].repo") && Contains("toi") && Contains("mutat"));
}

TEST_CASE("doctor shows what can be measured, as text and as JSON", "[cli]") {
    Lab lab;
    const auto text = lab.run({"doctor"});
    CHECK((text.exit_code == 0 || text.exit_code == 3));
    CHECK_FALSE(text.out.empty());
    const auto json = Json::parse(lab.run({"doctor", "--json"}).out);
    REQUIRE(json["checks"].is_array());
    REQUIRE_FALSE(json["checks"].empty());
    for (const auto& check : json["checks"])
        CHECK((check.contains("name") && check.contains("status") && check.contains("value") &&
               check.contains("remedy")));
}

} // namespace mutation::e2e
