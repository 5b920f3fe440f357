#include "catch.hpp"

#include "lab.hpp"

namespace mutation::e2e {

namespace {

/// An experiment config with one good experiment, `extra` members beside it.
std::string with(const std::string& extra) {
    return R"({"experiments": [{"repo": "toy", "model": "tiny", "mutate": ["epochs"]}])" +
           (extra.empty() ? "" : ", " + extra) + "}";
}

struct Broken {
    const char* what;
    std::string text;
    const char* said; ///< what the message must name
};

/// One of each kind: the unit tests of configs have the others.
std::vector<Broken> broken_experiment_configs() {
    return {
        {"an empty file", "", "empty"},
        {"two documents", with("") + with(""), ""},
        {"UTF-16", std::string("\xff\xfe{\0}\0", 6), "UTF-8"},
        {"a zero byte", std::string("{\"experiments\"\0: []}", 20), ""},
        {"nested 100000 deep", std::string(100000, '[') + std::string(100000, ']'), ""},
        {"a key twice", with(R"("seed": 1, "seed": 2)"), "seed"},
        {"an unknown model", R"({"experiments": [{"repo": "toy", "model": "tinny", "mutate": ["epochs"]}]})", "tiny"},
        {"more runs than values", with(R"("runs_per_config": 101)"), "100"},
    };
}

std::vector<Broken> broken_registries() {
    const std::string head = R"({"path": "work/toy", "models": ["tiny"])";
    return {
        {"a pattern that is none",
         head + R"(, "train_script": "./train.sh", "performance_metrics": {"log_patterns": {"a": "accuracy: ([0-9"}}})",
         "log_patterns"},
        {"no script", head + "}", "train_script"},
    };
}

} // namespace

TEST_CASE("each broken config is refused before anything ran and leaves nothing behind", "[config]") {
    Lab lab;
    const auto file = lab.root() / "broken.json";
    for (const auto& [what, text, said] : broken_experiment_configs()) {
        INFO(what);
        write_text(file, text);
        const auto result = lab.run({"-ec", file.string(), "--cooldown", "0", "--baseline", "0"});
        INFO(result.err);
        CHECK(result.exit_code == 2);
        CHECK(result.out.empty());
        CHECK_THAT(result.err, Catch::Contains("broken.json") && Catch::Contains(said));
    }
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

} // namespace mutation::e2e
