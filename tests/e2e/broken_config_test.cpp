#include "catch.hpp"

#include "lab.hpp"

namespace mutation::e2e {

namespace {

/// An experiment config with one good experiment, `extra` members beside it.
std::string with(const std::string& extra) {
    return R"({"experiments": [{"repo": "toy", "model": "tiny", "mutate": ["epochs"]}])" +
           (extra.empty() ? "" : ", " + extra) + "}";
}

/// An experiment config whose only experiment is this.
std::string only(const std::string& experiment) {
    return R"({"seed": 1, "experiments": [)" + experiment + "]}";
}

std::string training(const std::string& extra) {
    return only(R"({"repo": "toy", "model": "tiny", "mutate": ["epochs"])" + (extra.empty() ? "" : ", " + extra) + "}");
}

struct Broken {
    const char* what;
    std::string text;
    const char* said; ///< what the message must name
};

std::vector<Broken> broken_experiment_configs() {
    return {
        {"an empty file", "", ""},
        {"not JSON", "experiments: []", ""},
        {"cut off", R"({"experiments": [{"repo": "toy",)", "line"},
        {"a trailing comma", R"({"experiments": [],})", ""},
        {"two documents", with("") + with(""), ""},
        {"a bare list", "[]", ""},
        {"a bare number", "17", ""},
        {"not UTF-8", with("\"experiment_name\": \"caf\xe9\""), "UTF-8"},
        {"UTF-16", std::string("\xff\xfe{\0}\0", 6), ""},
        {"a zero byte", std::string("{\"experiments\"\0: []}", 20), ""},
        {"nested 100000 deep", std::string(100000, '[') + std::string(100000, ']'), ""},
        {"nested deep in a member", with("\"_x\": " + std::string(5000, '[') + std::string(5000, ']')), ""},
        {"NaN", with("\"cooldown_seconds\": NaN"), ""},
        {"a number beyond double", with("\"cooldown_seconds\": 1e999"), ""},
        {"a key twice", with(R"("seed": 1, "seed": 2)"), "seed"},
        {"a key twice in an experiment", training(R"("model": "big")"), "model"},
        {"an unknown key", with(R"("cooldown_secs": 5)"), "cooldown_seconds"},
        {"an unknown key of an experiment", training(R"("mutates": ["epochs"])"), "mutates"},
        {"a key of an experiment at the top", R"({"repo": "toy", "experiments": []})", "repo"},
        {"a key of the top in an experiment", training(R"("governor": "performance")"), "governor"},
        {"no experiments", R"({"experiment_name": "x"})", "experiments"},
        {"an empty list of experiments", R"({"experiments": []})", "experiments"},
        {"experiments that are an object", R"({"experiments": {}})", "experiments"},
        {"an experiment that is text", only(R"("toy")"), "$.experiments[0]"},
        {"an unknown repository", only(R"({"repo": "toi", "model": "tiny", "mutate": ["epochs"]})"), "toy"},
        {"an unknown model", only(R"({"repo": "toy", "model": "tinny", "mutate": ["epochs"]})"), "tiny"},
        {"no model", only(R"({"repo": "toy", "mutate": ["epochs"]})"), "model"},
        {"a model that is a number", only(R"({"repo": "toy", "model": 17, "mutate": ["epochs"]})"), "17"},
        {"an unknown hyperparameter", only(R"({"repo": "toy", "model": "tiny", "mutate": ["epoch"]})"), "epochs"},
        {"an empty mutate", only(R"({"repo": "toy", "model": "tiny", "mutate": []})"), "mutate"},
        {"mutate as text", only(R"({"repo": "toy", "model": "tiny", "mutate": 5})"), "mutate"},
        {"a hyperparameter of another type", training(R"("hyperparameters": {"learning_rate": "fast"})"), "fast"},
        {"a fraction for an integer", training(R"("hyperparameters": {"seed": 1.5})"), "1.5"},
        {"runs below one", training(R"("runs_per_config": 0)"), "runs_per_config"},
        {"runs as text", training(R"("runs_per_config": "3")"), "runs_per_config"},
        {"more runs than values", training(R"("runs_per_config": 101)"), "100"},
        {"an unknown mode", with(R"("mode": "sideways")"), "sideways"},
        {"an unknown governor", with(R"("governor": "turbo")"), "turbo"},
        {"a negative cooldown", with(R"("cooldown_seconds": -1)"), "-1"},
        {"a timeout of 0", with(R"("timeout_seconds": 0)"), "timeout_seconds"},
        {"an unknown order", with(R"("order": "ABBA")"), "ABBA"},
        {"retries that are a fraction", with(R"("max_retries": 1.5)"), "1.5"},
        {"parallel without a background",
         only(R"({"mode": "parallel", "foreground": {"repo": "toy", "model": "tiny", "mutate": ["epochs"]}})"),
         "background"},
        {"on_finish as a shell line", with(R"("on_finish": "echo done")"), "on_finish"},
        {"a CSV of history that is not there", with(R"("use_deduplication": true, "historical_csvs": ["no/such.csv"])"),
         "no/such.csv"},
    };
}

std::vector<Broken> broken_registries() {
    const auto toy = [](const std::string& hyperparameter, const std::string& more = "") {
        return R"({"path": "work/toy", "train_script": "./train.sh", "models": ["tiny"], "supported_hyperparams": {"epochs": )" +
               hyperparameter + "}" + more + "}";
    };
    const std::string good =
        R"({"flag": "--epochs", "type": "int", "default": 10, "range": [1, 100], "distribution": "uniform"})";
    return {
        {"a range with min > max", toy(R"({"flag": "-e", "type": "int", "default": 10, "range": [100, 1]})"), "range"},
        {"a range of text", toy(R"({"flag": "-e", "type": "int", "default": 10, "range": ["1", "100"]})"), "range"},
        {"a range of one", toy(R"({"flag": "-e", "type": "int", "default": 10, "range": [1]})"), "range"},
        {"log_uniform from 0",
         toy(R"({"flag": "-e", "type": "float", "default": 1.0, "range": [0.0, 1.0], "distribution": "log_uniform"})"),
         "log_uniform"},
        {"an unknown distribution",
         toy(R"({"flag": "-e", "type": "int", "default": 10, "range": [1, 2], "distribution": "normal"})"), "normal"},
        {"an unknown type", toy(R"({"flag": "-e", "type": "complex", "default": 10, "range": [1, 2]})"), "complex"},
        {"a default of another type", toy(R"({"flag": "-e", "type": "int", "default": "ten", "range": [1, 20]})"),
         "ten"},
        {"no flag", toy(R"({"type": "int", "default": 10, "range": [1, 20]})"), "flag"},
        {"a probability above 1",
         toy(R"({"flag": "-e", "type": "float", "default": 0.0, "range": [0.1, 1.0], "zero_probability": 1.5})"),
         "zero_probability"},
        {"an unknown key", toy(good, R"(, "timeout": 5)"), "timeout_seconds"},
        {"a pattern that is none", toy(good, R"(, "performance_metrics": {"log_patterns": {"a": "accuracy: ([0-9"}})"),
         "log_patterns"},
        {"a required metric without a pattern", toy(good, R"(, "required_metrics": ["f1"])"), "f1"},
        {"no models", R"({"path": "work/toy", "train_script": "./train.sh", "models": []})", "models"},
        {"no script", R"({"path": "work/toy", "models": ["tiny"]})", "train_script"},
    };
}

} // namespace

TEST_CASE("each broken config is refused before anything ran and leaves nothing behind", "[config]") {
    Lab lab;
    const auto file = lab.root() / "broken.json";
    std::size_t count = 0;
    for (const auto& [what, text, said] : broken_experiment_configs()) {
        INFO(what);
        write_text(file, text);
        const auto result = lab.run({"-ec", file.string(), "--cooldown", "0", "--baseline", "0"});
        INFO(result.err);
        CHECK(result.exit_code == 2);
        CHECK(result.out.empty());
        CHECK_THAT(result.err, Catch::Contains("broken.json") && Catch::Contains(said));
        ++count;
    }
    CHECK(count >= 40);
    CHECK_FALSE(fs::exists(lab.results()));
    CHECK(lab.journal("training", "start").empty());
    CHECK(processes_of(lab.root()).empty());
}

TEST_CASE("each broken registry is refused before anything ran and leaves nothing behind", "[config]") {
    Lab lab;
    for (const auto& [what, text, said] : broken_registries()) {
        INFO(what);
        auto invocation = lab.tool(lab.toy_run(1));
        invocation.argv[invocation.argv.size() - 9] = "epochs";
        write_text(lab.settings() / "repos/toy.json", text);
        const auto result = run_process(invocation);
        INFO(result.err);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Catch::Contains("toy.json") && Catch::Contains(said));
    }
    CHECK_FALSE(fs::exists(lab.results()));
    CHECK(lab.journal("training", "start").empty());
}

TEST_CASE("a huge config is refused", "[config]") {
    Lab lab;
    const auto file = lab.root() / "huge.json";
    write_text(file, with("\"_x\": \"" + std::string(80U << 20U, 'x') + "\""));
    CHECK(lab.run({"-ec", file.string()}).exit_code == 2);
    CHECK_FALSE(fs::exists(lab.results()));
}

TEST_CASE("all errors of a config are told at once, each with its place", "[config]") {
    Lab lab;
    const auto file = lab.config(Json::parse(R"({
        "governor": "turbo", "colour": "red",
        "experiments": [
            {"repo": "toi", "model": "tiny", "mutate": ["epochs"]},
            {"repo": "toy", "model": "tiny", "mutate": ["epochs"], "hyperparameters": {"learning_rate": "fast"}},
            {"repo": "toy", "model": "tiny", "mutate": []}
        ]})"));
    const auto result = lab.run({"-ec", file});
    CHECK(result.exit_code == 2);
    for (const char* place : {"$.governor", "colour", "$.experiments[0].repo",
                              "$.experiments[1].hyperparameters.learning_rate", "$.experiments[2].mutate"}) {
        INFO(place << "\n" << result.err);
        CHECK(result.err.find(place) != std::string::npos);
    }
}

TEST_CASE("comment keys are free, also twice", "[config]") {
    Lab lab;
    write_text(
        lab.root() / "c.json",
        with(
            R"("comment": 1, "comment": 2, "_a": 1, "note": [], "notes": "", "version": 3, "author": "me", "created": "x",
                       "$schema": "y", "description": "z")"));
    CHECK(lab.run({"-ec", (lab.root() / "c.json").string(), "--dry-run"}).exit_code == 0);
}

} // namespace mutation::e2e
