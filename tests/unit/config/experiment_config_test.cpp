#include "../../support/temporary_folder.hpp"
#include "example_registry.hpp"

using namespace mutation;
using namespace mutation::config;
using namespace mutation::test;

namespace {

ExperimentConfig read_good(std::string_view text) {
    const LoadedExperimentConfig loaded = parse_config(text);
    INFO(list_problems(loaded.problems.errors));
    REQUIRE(loaded.problems.ok());
    return loaded.config;
}

} // namespace

TEST_CASE("a config of v3.0 is read correctly") {
    const ExperimentConfig config = read_good(R"({
        "experiment_name": "study", "description": "why", "governor": "performance", "runs_per_config": 5,
        "max_retries": 2, "mode": "mutation", "comment": "c", "version": "1.0", "created": 1,
        "experiments": [
          {"comment": "a heading", "note": "and a note"},
          {"repo": "vision", "model": "cnn", "mutate": ["max_iter"], "comment": "第一", "runs_per_config": 7},
          {"repo": "vision", "model": "resnet20", "mutate": ["all"]},
          {"repo": "text", "model": "default", "mode": "default", "hyperparameters": {"epochs": 10.0}}]})");
    CHECK(config.settings.name == "study");
    CHECK(config.settings.governor == "performance");
    CHECK(config.settings.max_retries == 2);
    REQUIRE(config.experiments.size() == 3);
    CHECK(config.experiments[0].index == 1);
    CHECK(config.experiments[0].comment == "第一");
    CHECK(config.experiments[0].training.model == "resnet_cnn");
    CHECK(config.experiments[0].training.mutate == std::vector<std::string>{"epochs"});
    CHECK(config.experiments[0].training.runs == 7);
    CHECK(config.experiments[1].training.mutate ==
          std::vector<std::string>{"epochs", "learning_rate", "weight_decay", "seed", "optimizer", "amp"});
    CHECK(config.experiments[1].training.runs == 5);
    CHECK(config.experiments[2].training.mode == Mode::default_values);
    CHECK(config.experiments[2].training.hyperparameters ==
          std::vector<Assignment>{{"epochs", Value(std::int64_t{10}), false}});
}

TEST_CASE("what a config leaves out has its default, and the rest is read with its unit") {
    const ExperimentConfig bare = read_good(R"({"experiments": [{"repo": "text", "model": "default"}]})");
    CHECK(bare.settings.seed_was_drawn);
    CHECK(bare.settings.cooldown == Seconds(60));
    CHECK(bare.settings.max_retries == 2);
    CHECK_FALSE(bare.settings.timeout.has_value());
    CHECK(bare.experiments[0].training.runs == 1);
    CHECK(bare.experiments[0].training.mutate == std::vector<std::string>{"epochs"});

    const ExperimentConfig full = read_good(R"({"seed": 18446744073709551615, "order": "interleaved", "replicates": 2,
        "cooldown_seconds": 0, "cooldown_until_celsius": 45, "cooldown_max_seconds": 90, "timeout_seconds": 60,
        "stall_seconds": 30.5, "baseline_seconds": 0, "sample_interval_ms": 250, "control_every": 4,
        "control_tolerance_percent": 1.5, "on_finish": ["notify", "done"], "on_failure": ["mail"], "governor": null,
        "experiments": [{"repo": "text", "model": "default", "timeout_seconds": 5, "stall_seconds": 6}]})");
    CHECK(full.settings.seed == 18446744073709551615U);
    CHECK(full.settings.order == Order::interleaved);
    CHECK(full.settings.sample_interval == Seconds(0.25));
    CHECK(full.settings.cooldown == Seconds(0));
    CHECK(full.settings.cooldown_until == Celsius(45));
    CHECK(full.settings.control_tolerance == Percent(1.5));
    CHECK(full.settings.on_finish == std::vector<std::string>{"notify", "done"});
    CHECK(full.experiments[0].timeout == Seconds(5));
    CHECK(full.experiments[0].stall == Seconds(6));
}

TEST_CASE("a parallel experiment takes its trainings only from foreground and background") {
    const ExperimentConfig config = read_good(R"({"mode": "parallel", "runs_per_config": 3, "experiments": [
        {"repo": "placeholder", "model": "placeholder", "runs_per_config": 4,
         "foreground": {"repo": "vision", "model": "resnet20", "mutate": ["learning_rate"], "comment": "x"},
         "background": {"repo": "text", "model": "default", "mode": "default", "hyperparameters": {"epochs": 1},
                        "reuse": true, "startup_wait_seconds": 1, "restart_delay_seconds": 0}},
        {"foreground": {"repo": "vision", "model": "resnet20", "mode": "default", "runs_per_config": 9},
         "background": {"repo": "text", "model": "default"}}]})");
    REQUIRE(config.experiments.size() == 2);
    CHECK(config.experiments[0].training.runs == 4);
    CHECK(config.experiments[0].training.mode == Mode::mutation);
    REQUIRE(config.experiments[0].background.has_value());
    CHECK(config.experiments[0].background->settings.reuse);
    CHECK(config.experiments[0].background->settings.startup_wait == Seconds(1));
    CHECK(config.experiments[0].background->settings.restart_delay == Seconds(0));
    CHECK(config.experiments[0].background->hyperparameters[0].name == "epochs");
    CHECK(config.experiments[1].training.runs == 9);
    CHECK(config.experiments[1].training.mode == Mode::default_values);
    CHECK(config.experiments[1].background->settings.startup_wait == Seconds(30));
}

TEST_CASE("a mixed config runs each experiment in its own mode") {
    const ExperimentConfig config = read_good(R"({"mode": "mixed", "experiments": [
        {"repo": "text", "model": "default", "mode": "mutate", "mutate": ["epochs"]},
        {"repo": "text", "model": "default", "mode": "default"},
        {"mode": "parallel", "foreground": {"repo": "text", "model": "default"},
                             "background": {"repo": "text", "model": "default"}}]})");
    CHECK(config.experiments[0].training.mode == Mode::mutation);
    CHECK(config.experiments[1].training.mode == Mode::default_values);
    CHECK(config.experiments[2].background.has_value());
}

TEST_CASE("in mutation mode, all does not include fixed values") {
    const ExperimentConfig config = read_good(R"({"experiments": [{"repo": "vision", "model": "cnn", "mutate": ["all"],
        "hyperparameters": {"epochs": 7, "seed": null, "optimizer": "sgd", "amp": true, "learning_rate": 1}}]})");
    const TrainingRequest& training = config.experiments[0].training;
    CHECK(training.mutate == std::vector<std::string>{"weight_decay"});
    REQUIRE(training.hyperparameters.size() == 5);
    CHECK_FALSE(training.hyperparameters[1].value.has_value());
    CHECK(training.hyperparameters[3].value == Value(true));
    CHECK(training.hyperparameters[4].value == Value(1.0));
}

TEST_CASE("without the key mutate, all hyperparameters with a range that are not fixed are mutated") {
    const ExperimentConfig config = read_good(R"({"experiments": [
        {"repo": "vision", "model": "cnn", "hyperparameters": {"epochs": 7}},
        {"repo": "vision", "model": "cnn", "mutate": ["all"], "hyperparameters": {"epochs": 7}}]})");
    CHECK_FALSE(config.experiments[0].training.mutate.empty());
    CHECK(config.experiments[0].training.mutate == config.experiments[1].training.mutate);
    CHECK(read_text(MUTATION_SOURCE_DIR "/docs/CONFIGURATION.md").find("| `mutate` | `[\"all\"]` |") !=
          std::string::npos);
}

TEST_CASE("a value outside its range is a warning, except a zero that can be drawn") {
    const LoadedExperimentConfig loaded = parse_config(R"({"mode": "default", "experiments": [
        {"repo": "vision", "model": "resnet20", "hyperparameters": {"epochs": 1, "weight_decay": 0}}]})");
    CHECK(loaded.problems.ok());
    REQUIRE(loaded.problems.warnings.size() == 1);
    CHECK(
        has_problem(loaded.problems.warnings, "$.experiments[0].hyperparameters.epochs", "outside its range [5, 15]"));
}

TEST_CASE("flags give the same config as a file") {
    const Registry registry = load_example_registry().registry;
    const LoadedExperimentConfig good = config_from_flags("vision", "cnn", {"max_iter", "seed"}, 3, registry);
    REQUIRE(good.problems.ok());
    REQUIRE(good.config.experiments.size() == 1);
    CHECK(good.config.experiments[0].training.model == "resnet_cnn");
    CHECK(good.config.experiments[0].training.mutate == std::vector<std::string>{"epochs", "seed"});
    CHECK(good.config.experiments[0].training.runs == 3);

    CHECK(list_problems(config_from_flags("visio", "x", {"all"}, 1, registry).problems.errors)
              .starts_with("--repo: \"visio\": unknown repository; did you mean \"vision\"?"));
    CHECK(list_problems(config_from_flags("vision", "resnet21", {"all"}, 1, registry).problems.errors)
              .starts_with("--model: \"resnet21\": unknown model of vision; did you mean \"resnet20\"?"));
    CHECK(list_problems(config_from_flags("vision", "resnet20", {"epoch"}, 0, registry).problems.errors) ==
          "--runs: 0: must be a whole number from 1 to 1000000\n"
          "--mutate: \"epoch\": unknown hyperparameter \"epoch\" of vision/resnet20; did you mean \"epochs\"? known: "
          "\"epochs\", \"learning_rate\", \"weight_decay\", \"batch_size\", \"seed\", \"optimizer\", \"amp\"\n");
    CHECK(
        list_problems(config_from_flags("vision", "", {}, 1, registry).problems.errors).find("--mutate: is missing") !=
        std::string::npos);
}
