#include "catch.hpp"

#include "lab.hpp"

#include <algorithm>
#include <signal.h>
#include <sys/stat.h>

// What a session reads besides the command line: a config out of a pipe, tables of past runs, a damaged settings
// folder.

namespace mutation::e2e {

namespace {

using Catch::Contains;
using Words = std::vector<std::string>;

/// The tool behind bash, with `command` in place of a config: `<(command)`.
Invocation with_pipe(Lab& lab, const std::string& command, const Words& before, const Words& after = {}) {
    Invocation invocation = lab.tool({});
    std::string line = "exec \"$0\"";
    for (const auto& word : before)
        line += " '" + word + "'";
    line += " <(" + command + ")";
    for (const auto& word : after)
        line += " '" + word + "'";
    invocation.argv = {"/bin/bash", "-c", line, invocation.argv.front()};
    return invocation;
}

Json toy_config(int runs = 1, const Json& head = Json::object()) {
    Json config = {
        {"experiments",
         Json::array({{{"repo", "toy"}, {"model", "tiny"}, {"mutate", {"epochs"}}, {"runs_per_config", runs}}})},
        {"seed", 3},
        {"cooldown_seconds", 0},
        {"baseline_seconds", 0}};
    config.update(head);
    return config;
}

const std::string kPast = "experiment_id,repository,model,training_success,hyperparam_epochs\n"
                          "a,toy,tiny,True,5\nb,toy,tiny,True,6.0\nc,toy,big,True,7\n";

Json deduplicated(const Json& files) {
    return toy_config(2, {{"use_deduplication", true}, {"historical_csvs", files}});
}

} // namespace

TEST_CASE("a config from a pipe is read once and completely", "[config]") {
    Lab lab;
    lab.train_for(0);
    Json config = toy_config();
    config["comment"] = std::string(300'000, 'x'); // more than fits into a pipe
    const std::string file = lab.config(config);

    const std::string slow = "head -c 100 " + file + "; sleep 0.3; tail -c +101 " + file;
    const auto result = run_process(with_pipe(lab, slow, {"-ec"}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    CHECK(read_json(lab.session() / "session.json")["config"] == config);
    CHECK(run_process(with_pipe(lab, slow, {"validate"})).exit_code == 0);
    CHECK(run_process(with_pipe(lab, slow, {"-ec"}, {"--dry-run"})).exit_code == 0);
    CHECK(run_process(with_pipe(lab, "true", {"validate"})).exit_code == 2); // nothing came
}

TEST_CASE("the program waits for the writer of a named pipe", "[config]") {
    Lab lab;
    const std::string file = lab.config(toy_config());
    const fs::path fifo = lab.root() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    Invocation invocation = lab.tool({"-ec", fifo.string(), "--dry-run", "--json"});
    RunningProcess tool(invocation);
    Invocation writer;
    writer.argv = {"/bin/sh", "-c", "cat " + file + " > " + fifo.string()};
    CHECK(run_process(writer).exit_code == 0);
    const auto result = tool.wait();
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(Json::parse(result.out)["experiments"].size() == 1);
}

TEST_CASE("waiting for a pipe can be interrupted", "[config]") {
    Lab lab;
    const fs::path fifo = lab.root() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    RunningProcess tool(lab.tool({"-ec", fifo.string(), "--dry-run"}));
    REQUIRE(eventually([&] { return !processes_of(fifo).empty(); }));
    tool.send(SIGINT);
    CHECK(tool.wait().exit_code == 130);
}

TEST_CASE("a registry from a pipe is read once, and resume accepts the same text in a file", "[config]") {
    Lab lab;
    lab.train_for(0);
    (void)lab.tool({}); // writes the lab's files
    const Json registry = {{"models", {{"toy", lab.repositories["toy"]}}}};
    write_text(lab.root() / "sub/models.json", registry.dump());
    Json absolute = registry;
    absolute["models"]["toy"]["path"] = (lab.root() / "work/toy").string();
    write_text(lab.root() / "sub/absolute.json", absolute.dump());
    const auto result = run_process(with_pipe(lab, "cat " + (lab.root() / "sub/absolute.json").string(), {"-c"},
                                              {"-ec", lab.config(toy_config())}));
    INFO(result.all());
    REQUIRE(result.exit_code == 0);
    const auto resumed = lab.run({"resume", lab.session().string(), "-c", (lab.root() / "sub/absolute.json").string()});
    INFO(resumed.all());
    CHECK(resumed.exit_code == 0); // nothing has changed
}

TEST_CASE("a plan and a session say how many past runs count and what they exclude", "[config]") {
    Lab lab;
    lab.train_for(0);
    write_text(lab.root() / "past/a/summary.csv", kPast);
    write_text(lab.root() / "past/b/summary.csv", kPast);
    const std::string file = lab.config(deduplicated({"past/*/summary.csv"}));
    const std::string said = "past runs: 4 of 6 count, 2 sets of values are not drawn again";
    CHECK_THAT(lab.run({"-ec", file, "--dry-run"}).out, Contains(said));
    const Json plan = Json::parse(lab.run({"-ec", file, "--dry-run", "--json"}).out);
    CHECK(plan["past_runs"] == Json{{"read", 6}, {"counted", 4}, {"excluded_values", 2}});
    const auto result = lab.run({"-ec", file});
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains(said) && !Contains("warning: $.historical"));
    CHECK_THAT(read_text(lab.session() / "session.log"), Contains(said));
}

TEST_CASE("past runs without one that counts are a warning, in session.log too", "[config]") {
    Lab lab;
    lab.train_for(0);
    write_text(lab.root() / "past.csv", kPast);
    write_text(lab.root() / "big.csv", "experiment_id,repository,model,training_success,hyperparam_epochs\n"
                                       "c,toy,big,True,7\n");
    const std::string file = lab.config(deduplicated({"past.csv", "big.csv"}));
    const std::string said =
        file + ": $.historical_csvs[1]: " + (lab.root() / "big.csv").string() + ": none of its runs counts";
    const auto plan = lab.run({"-ec", file, "--dry-run"});
    CHECK_THAT(plan.out, Contains("past runs: 2 of 4 count"));
    CHECK_THAT(plan.err, Contains("warning: " + said) && !Contains("historical_csvs[0]"));
    CHECK(lab.run({"-ec", file}).exit_code == 0);
    CHECK_THAT(read_text(lab.session() / "session.log"), Contains("warning " + said));
}

TEST_CASE("a table with other separators is an error, for validate too", "[config]") {
    Lab lab;
    std::string semicolons = kPast;
    std::replace(semicolons.begin(), semicolons.end(), ',', ';');
    write_text(lab.root() / "past.csv", semicolons);
    const std::string file = lab.config(deduplicated({"past.csv"}));
    for (const Words& words : std::vector<Words>{{"validate", file}, {"-ec", file, "--dry-run"}, {"-ec", file}}) {
        const auto result = lab.run(words);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("$.historical_csvs[0]") && Contains("repository, model, hyperparam_*") &&
                                   Contains("semicolons"));
    }
    CHECK_FALSE(fs::exists(lab.results()));
}

TEST_CASE("warnings about config and registry are in session.log, also after a resume", "[config]") {
    Lab lab;
    lab.train_for(0);
    lab.repositories["half"] = {{"path", "p"}};
    const std::string file = lab.config(
        {{"experiments",
          Json::array(
              {{{"repo", "toy"}, {"model", "tiny"}, {"mode", "default"}, {"hyperparameters", {{"epochs", 700}}}}})},
         {"cooldown_seconds", 0},
         {"baseline_seconds", 0}});
    const auto result = lab.run({"-ec", file});
    INFO(result.all());
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("outside its range") && Contains("half.json"));
    const std::string log = read_text(lab.session() / "session.log");
    CHECK_THAT(log, Contains("outside its range") && Contains("half.json"));
    const auto count = [](const std::string& text, const std::string& word) {
        std::size_t found = 0;
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
            ++found;
        return found;
    };
    CHECK(count(result.err, "outside its range") == 1);
    CHECK(count(log, "outside its range") == 1);
    CHECK(lab.run({"resume", lab.session().string()}).exit_code == 0);
    CHECK(count(read_text(lab.session() / "session.log"), "half.json") > count(log, "half.json"));
}

TEST_CASE("a broken file of the registry is a warning until its repository is used", "[config]") {
    Lab lab;
    lab.train_for(0);
    (void)lab.tool({}); // writes the lab's files
    const fs::path broken = lab.settings() / "repos/half.json";
    write_text(broken, GENERATE(as<std::string>(), R"({"path": "p"})", "{ no json", "", R"({"experiments": []})"));
    const std::string good = lab.config(toy_config());
    for (const Words& words :
         std::vector<Words>{{"--list"}, {"list", "-r", "toy"}, {"-ec", good, "--dry-run"}, {"validate", good}}) {
        const auto result = lab.run(words);
        INFO(words.front() << "\n" << result.err);
        CHECK(result.exit_code == 0);
        CHECK_THAT(result.err, Contains("warning: ") && Contains("half.json") && Contains("mutation validate"));
    }
    CHECK(Json::parse(lab.run({"--list", "--json"}).out)["repositories"].size() == 1);
    CHECK(Json::parse(lab.run({"-ec", good, "--dry-run", "--json"}).out)["experiments"].size() == 1);
    const Json checks = Json::parse(lab.run({"doctor", "--json"}).out)["checks"];
    CHECK(std::any_of(checks.begin(), checks.end(), [](const Json& check) {
        return check["name"] == "registry_half" && check["status"] == "warning";
    }));
    for (const Words& words : std::vector<Words>{
             {"-r", "half", "-m", "m", "-mt", "all"}, {"list", "-r", "half"}, {"validate", broken.string()}}) {
        const auto result = lab.run(words);
        INFO(words.front() << "\n" << result.err);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("error: ") && Contains("half.json") && !Contains("--mutate:"));
    }
    CHECK_FALSE(fs::exists(lab.results()));
}

TEST_CASE("a registry file that breaks after its session stops resume and summarize, with its errors", "[config]") {
    Lab lab;
    lab.train_for(0);
    REQUIRE(lab.run({"-ec", lab.config(toy_config())}).exit_code == 0);
    write_text(lab.settings() / "repos/other.json", R"({"path": "p", "train_script": "t", "models": ["m"]})");
    Invocation resume = lab.tool({"resume", lab.session().string()});
    Invocation summarize = lab.tool({"summarize", lab.session().string()});
    write_text(lab.settings() / "repos/toy.json", R"({"path": "p"})");
    for (const Invocation& invocation : {resume, summarize}) {
        const auto result = run_process(invocation);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("toy.json") && Contains("\"train_script\" is missing"));
    }
}

TEST_CASE("validate warns of a missing script and of a default outside its range", "[config]") {
    Lab lab;
    (void)lab.tool({}); // writes the lab's files
    const fs::path file = lab.settings() / "repos/more.json";
    const auto validate = [&](Json repository) {
        write_text(file, repository.dump());
        const auto result = lab.run({"validate", file.string()});
        INFO(result.err);
        CHECK(result.exit_code == 0);
        return result.err;
    };
    Json repository = lab.repositories["toy"];
    CHECK(validate(repository).empty());
    repository["train_script"] = "./no_such.sh";
    CHECK_THAT(validate(repository), Contains("warning: ") && Contains("no_such.sh does not exist"));
    repository["path"] = "no/such/clone"; // not here yet: its script cannot be looked for
    CHECK(validate(repository).empty());
    fs::create_directories(lab.root() / "adapters/toy");
    repository["train_script"] = "adapters/toy/train.sh";
    CHECK_THAT(validate(repository), Contains("adapters/toy/train.sh does not exist"));
    repository["train_script"] = "adapters/other/train.sh";
    CHECK(validate(repository).empty());
    repository["supported_hyperparams"]["epochs"]["default"] = 1000;
    CHECK_THAT(validate(repository), Contains("$.supported_hyperparams.epochs.default") &&
                                         Contains("the default of epochs is outside its range [1, 100]"));
    CHECK(lab.run({"--list"}).err.empty()); // only validate reports it
}

TEST_CASE("validate recognises configs and registry files by their keys", "[config]") {
    Lab lab;
    const auto errors_of = [&](const std::string& text) {
        write_text(lab.root() / "some.json", text);
        const auto result = lab.run({"validate", "some.json"});
        CHECK(result.exit_code == 2);
        return result.err;
    };
    CHECK_THAT(errors_of(R"({"experiment": [{"repo": "toy", "model": "tiny"}]})"),
               Contains("did you mean \"experiments\"?") && !Contains("train_script"));
    CHECK_THAT(errors_of(R"({"repo": "toy", "model": "tiny", "mutate": ["all"]})"),
               Contains("\"experiments\" is missing") && !Contains("train_script"));
    CHECK_THAT(errors_of(R"([{"repo": "toy"}])"), Contains("a config is an object"));
    CHECK_THAT(errors_of(R"({"train_scirpt": "b", "path": "x"})"),
               Contains("did you mean \"train_script\"?") && !Contains("experiments"));
    CHECK_THAT(errors_of("{}"), Contains("neither an experiment config nor a registry file"));
}

} // namespace mutation::e2e
