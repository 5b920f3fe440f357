#include "example_registry.hpp"
#include "mutation/core/error.hpp"

#include <string>
#include <vector>

using namespace mutation;
using namespace mutation::config;
using namespace mutation::test;

namespace {

std::string with_head(const std::string& members) {
    return "{" + members + R"(, "experiments": [{"repo": "text", "model": "default"}]})";
}

std::string with_entry(const std::string& members) {
    return R"({"experiments": [{)" + members + "}]}";
}

std::string with_model(const std::string& members) {
    return with_entry(R"("repo": "vision", "model": "resnet20", )" + members);
}

std::string with_parallel(const std::string& members) {
    return with_entry(R"("mode": "parallel", "foreground": {"repo": "text", "model": "default"}, )" + members);
}

void check_all(const std::vector<Broken>& table) {
    for (const Broken& broken : table) {
        check_error(broken, parse_config(broken.text).problems.errors);
    }
}

} // namespace

TEST_CASE("a file that is not a config is an error with its place") {
    check_all({
        {"", "line 1, column 1", "empty"},
        {"{", "line 1, column 2", "ends before"},
        {"{\"experiments\": [}", "line 1, column 18", "unexpected"},
        {"[]", "$", "must be an object"},
        {"3", "$", "must be an object"},
        {"{}", "$", "\"experiments\" is missing"},
        {R"({"experiments": {}})", "$.experiments", "must be an array"},
        {R"({"experiments": []})", "$.experiments", "has no experiment"},
        {R"({"experiments": [{"comment": "alone"}]})", "$.experiments", "has no experiment"},
        {R"({"experiments": [3]})", "$.experiments[0]", "must be an object"},
        {R"({"experiments": [{}]})", "$.experiments[0]", "\"repo\" is missing"},
        {"{\"a\": \"\xff\"}", "line 1, column 8", "UTF-8"},
        {R"({"seed": NaN})", "line 1, column 10", "NaN"},
        {with_head(R"("cooldown_seconds": 1e999)"), "line 1, column 22", "too large"},
        {std::string(100000, '['),
         "$" +
             [] {
                 std::string path;
                 for (int i = 0; i < 64; ++i) {
                     path += "[0]";
                 }
                 return path;
             }(),
         "nested deeper"},
        {with_head(R"("seed": 1, "seed": 2)"), "$.seed", "twice"},
        {with_model(R"("mutate": ["seed"], "mutate": ["epochs"])"), "$.experiments[0].mutate", "twice"},
    });
}

TEST_CASE("a wrong value at the top level is an error with its place") {
    check_all({
        {with_head(R"("runs_per_config": 0)"), "$.runs_per_config", "from 1 to 1000000"},
        {with_head(R"("runs_per_config": -1)"), "$.runs_per_config", "from 1 to 1000000"},
        {with_head(R"("runs_per_config": 1e9)"), "$.runs_per_config", "from 1 to 1000000"},
        {with_head(R"("runs_per_config": 2.5)"), "$.runs_per_config", "2.5"},
        {with_head(R"("runs_per_config": "3")"), "$.runs_per_config", "without quotes"},
        {with_head(R"("runs_per_config": 1000000, "replicates": 2)"), "$.experiments", "1000000 runs"},
        {with_head(R"("replicates": 0)"), "$.replicates", "from 1"},
        {with_head(R"("max_retries": -1)"), "$.max_retries", "from 0"},
        {with_head(R"("max_retries": true)"), "$.max_retries", "whole number"},
        {with_head(R"("seed": -1)"), "$.seed", "from 0"},
        {with_head(R"("seed": 99999999999999999999)"), "$.seed", "18446744073709551615"},
        {with_head(R"("mode": "mutaton")"), "$.mode", "did you mean \"mutation\"?"},
        {with_head(R"("mode": "nonparallel")"), "$.mode", "must be one of"},
        {with_head(R"("mode": 1)"), "$.mode", "must be one of"},
        {with_head(R"("mode": "mixed")"), "$.experiments[0]", "\"mode\" is missing"},
        {with_head(R"("governor": "fast")"), "$.governor", "\"schedutil\""},
        {with_head(R"("order": "randm")"), "$.order", "did you mean \"random\"?"},
        {with_head(R"("experiment_name": 7)"), "$.experiment_name", "write \"7\""},
        {with_head(R"("cooldown_seconds": -1)"), "$.cooldown_seconds", "from 0 to 604800"},
        {with_head(R"("cooldown_seconds": "60")"), "$.cooldown_seconds", "without quotes"},
        {with_head(R"("timeout_seconds": 0)"), "$.timeout_seconds", "from 0.001"},
        {with_head(R"("sample_interval_ms": 0)"), "$.sample_interval_ms", "from 1"},
        {with_head(R"("baseline_seconds": 1e300)"), "$.baseline_seconds", "from 0 to 3600"},
        {with_head(R"("control_every": 1.5)"), "$.control_every", "whole number"},
        {with_head(R"("on_finish": "notify done")"), "$.on_finish", "must be an array"},
        {with_head(R"("on_finish": [])"), "$.on_finish", "names no program"},
        {with_head(R"("on_failure": ["mail", 3])"), "$.on_failure[1]", "must be text"},
        {with_head(R"("on_failure": ["a\u0000b"])"), "$.on_failure[0]", "NUL"},
        {with_head(R"("use_deduplication": "yes")"), "$.use_deduplication", "true or false"},
        {with_head(R"("use_deduplication": true)"), "$.use_deduplication", "historical_csvs"},
        {with_head(R"("use_deduplication": true, "historical_csvs": ["no/such.csv"])"), "$.historical_csvs[0]",
         "below /base"},
        {with_head(R"("historical_csvs": "x.csv")"), "$.historical_csvs", "must be an array"},
    });
}

TEST_CASE("for an unknown or misplaced key, the message proposes a key or its place") {
    check_all({
        {with_head(R"("run_per_config": 3)"), "$.run_per_config", "did you mean \"runs_per_config\"?"},
        {with_head(R"("zzzzzzzz": 3)"), "$.zzzzzzzz", "write \"_zzzzzzzz\""},
        {with_head(R"("timeout": 3)"), "$.timeout", "did you mean \"timeout_seconds\"?"},
        {with_head(R"("mutate": ["epochs"])"), "$.mutate", "experiments[i] or experiments[i].foreground"},
        {with_head(R"("two words": 1)"), "$[\"two words\"]", "unknown key"},
        {with_model(R"("governor": "performance")"), "$.experiments[0].governor", "at the top level"},
        {with_model(R"("reuse": true)"), "$.experiments[0].reuse", "experiments[i].background"},
        {with_model(R"("foreground": {"repo": "text", "model": "default"})"), "$.experiments[0].foreground",
         "\"mode\": \"parallel\""},
        {with_parallel(R"("background": {"repo": "text", "model": "default"}, "mutate": ["epochs"])"),
         "$.experiments[0].mutate", "belongs to experiments[i].foreground"},
        {with_parallel(R"("background": {"repo": "text", "model": "default"}, "hyperparameters": {})"),
         "$.experiments[0].hyperparameters", "experiments[i].foreground or experiments[i].background"},
        {with_parallel(R"("background": {"repo": "text", "model": "default", "mutate": ["epochs"]})"),
         "$.experiments[0].background.mutate", "experiments[i].foreground"},
        {with_parallel(R"("background": {"repo": "text", "model": "default", "mode": "mutation"})"),
         "$.experiments[0].background.mode", "must be one of \"default\""},
        {with_parallel(R"("background": {"repo": "text", "model": "default", "reuse": 1})"),
         "$.experiments[0].background.reuse", "true or false"},
        {with_parallel(R"("background": 3)"), "$.experiments[0].background", "must be an object"},
        {with_parallel(R"("comment": "none")"), "$.experiments[0]", "\"background\" is missing"},
        {with_entry(R"("mode": "parallel", "repo": "text", "model": "default")"), "$.experiments[0]",
         "\"foreground\" is missing"},
        {with_entry(R"("mode": "parallel", "foreground": {"repo": "text", "model": "default", "mode": "parallel"},
                       "background": {"repo": "text", "model": "default"})"),
         "$.experiments[0].foreground.mode", "must be one of"},
    });
}

TEST_CASE("an unknown name of the registry is an error with the nearest name") {
    check_all({
        {with_entry(R"("repo": "vison", "model": "resnet20")"), "$.experiments[0].repo", "did you mean \"vision\"?"},
        {with_entry(R"("repo": 3, "model": "resnet20")"), "$.experiments[0].repo", "must be text"},
        {with_entry(R"("repo": "", "model": "resnet20")"), "$.experiments[0].repo", "is empty"},
        {with_entry(R"("repo": "vision", "model": "cn")"), "$.experiments[0].model", "did you mean \"cnn\"?"},
        {with_entry(R"("repo": "vision")"), "$.experiments[0]", "\"model\" is missing"},
        {with_model(R"("mutate": ["learning_rat"])"), "$.experiments[0].mutate[0]", "did you mean \"learning_rate\"?"},
        {with_model(R"("mutate": ["batch_size"])"), "$.experiments[0].mutate[0]", "no range"},
        {with_model(R"("mutate": [])"), "$.experiments[0].mutate", "empty list"},
        {with_model(R"("mutate": "all")"), "$.experiments[0].mutate", "[\"all\"]"},
        {with_model(R"("mutate": [3])"), "$.experiments[0].mutate[0]", "must be text"},
        {with_model(R"("mutate": ["epochs", "max_iter"])"), "$.experiments[0].mutate[1]", "named twice"},
        {with_model(R"("mutate": ["all", "nothing_known"])"), "$.experiments[0].mutate[1]", "unknown hyperparameter"},
        {with_model(R"("mode": "default", "mutate": ["epochs"])"), "$.experiments[0].mutate", "remove \"mutate\""},
        {with_model(R"("mutate": ["epochs"], "hyperparameters": {"max_iter": 7})"), "$.experiments[0].mutate[0]",
         "fixed"},
        {with_entry(R"("repo": "text", "model": "default", "hyperparameters": {"epochs": 2})"), "$.experiments[0]",
         "nothing is left"},
        {with_entry(R"("repo": "vision", "model": "cnn", "mutate": ["batch_size"])"), "$.experiments[0].mutate[0]",
         "it always trains on the whole set"},
        {with_entry(R"("repo": "vision", "model": "cnn", "mutate": ["bs"])"), "$.experiments[0].mutate[0]",
         "it always trains on the whole set"},
    });
}

TEST_CASE("a value of the wrong type is an error, even if it is similar") {
    check_all({
        {with_model(R"("hyperparameters": {"epochs": 10.5})"), "$.experiments[0].hyperparameters.epochs", "whole"},
        {with_model(R"("hyperparameters": {"epochs": "10"})"), "$.experiments[0].hyperparameters.epochs", "quotes"},
        {with_model(R"("hyperparameters": {"epochs": 99999999999999999999})"),
         "$.experiments[0].hyperparameters.epochs", "whole"},
        {with_model(R"("hyperparameters": {"learning_rate": true})"), "$.experiments[0].hyperparameters.learning_rate",
         "must be a number"},
        {with_model(R"("hyperparameters": {"learning_rate": [0.1, 0.01]})"),
         "$.experiments[0].hyperparameters.learning_rate", "[0.1,0.01]"},
        {with_model(R"("hyperparameters": {"optimizer": "adams"})"), "$.experiments[0].hyperparameters.optimizer",
         "did you mean \"adam\"?"},
        {with_model(R"("hyperparameters": {"amp": "true"})"), "$.experiments[0].hyperparameters.amp", "true or false"},
        {with_model(R"("hyperparameters": {"epochs": 5, "max_iter": 6})"), "$.experiments[0].hyperparameters.max_iter",
         "another name"},
        {with_model(R"("hyperparameters": {"momentum": 1})"), "$.experiments[0].hyperparameters.momentum",
         "unknown hyperparameter"},
        {with_model(R"("hyperparameters": [])"), "$.experiments[0].hyperparameters", "must be an object"},
    });
}

TEST_CASE("all errors of a file are reported at once, each with file, place, value and remedy") {
    const LoadedExperimentConfig loaded = parse_config(R"({"runs_per_config": "3", "governer": "performance",
        "experiments": [{"repo": "vison", "model": "x", "mutate": "all"},
                        {"repo": "vision", "model": "resnet20", "mutate": ["lr"], "hyperparameters": {"epochs": "1"}}]})");
    REQUIRE(loaded.problems.errors.size() == 6);
    CHECK(format_problem(loaded.problems.errors[0]) ==
          "exp.json: $.governer: \"performance\": unknown key \"governer\"; did you mean \"governor\"? to keep it as a "
          "comment, write \"_governer\"");
    try {
        throw_if_errors(loaded.problems);
        FAIL("errors were not thrown");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(error.message() + "\n" == list_problems(loaded.problems.errors));
    }
}

TEST_CASE("a long value is cut between two characters") {
    std::string text = R"({"experiments": 3, "x": ")";
    for (int i = 0; i < 1000; ++i) {
        text += "测";
    }
    const LoadedExperimentConfig loaded = parse_config(text + "\"}");
    REQUIRE_FALSE(loaded.problems.errors.empty());
    CHECK(loaded.problems.errors[0].value.size() <= 60);
    CHECK(loaded.problems.errors[0].value.ends_with("测..."));
}
