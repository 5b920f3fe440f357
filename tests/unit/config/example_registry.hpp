#pragma once

#include "catch.hpp"

#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/registry_loader.hpp"

#include <string>
#include <string_view>

namespace mutation::test {

/// Two repositories with all that a registry can say.
inline constexpr std::string_view kExampleRegistry = R"x({"models": {
  "vision": {
    "path": "repos/vision", "train_script": "./train.sh", "model_flag": "-n",
    "models": ["resnet20",
      {"name": "resnet_cnn", "aliases": ["cnn"],
       "hyperparameters": {"learning_rate": {"default": 1.0, "range": [0.5, 2]},
                           "width": {"flag": "--width", "type": "int", "default": 8}},
       "without_effect": {"batch_size": "it always trains on the whole set"},
       "required_metrics": ["accuracy", "loss"], "required_args": ["--two words", "x"],
       "timeout_seconds": 20, "performance_metrics": {"log_patterns": {"loss": "loss ([0-9.]+)"}}}],
    "required_args": {"_why": "the smaller set", "dataset": "-d  d2a", "more": "--fast"},
    "supported_hyperparams": {
      "epochs": {"flag": "-e", "type": "int", "default": 10, "range": [5, 15], "distribution": "log_uniform",
                 "aliases": ["max_iter"]},
      "learning_rate": {"flag": "--lr", "type": "float", "default": 0.01, "range": [0.002, 0.05],
                        "distribution": "log_uniform"},
      "weight_decay": {"flag": "--wd", "type": "float", "default": 0.0, "range": [1e-5, 0.01],
                       "distribution": "log_uniform", "zero_probability": 0.3},
      "batch_size": {"flag": "-b", "type": "int", "default": 32, "aliases": ["bs"]},
      "seed": {"flag": "--seed", "type": "int", "default": null, "range": [0, 9999]},
      "optimizer": {"flag": "--opt", "type": "choice", "choices": ["adam", "sgd"], "default": "adam"},
      "amp": {"flag": "--amp", "type": "bool", "default": false}},
    "performance_metrics": {"log_patterns": {
      "accuracy": {"pattern": "Accuracy[:\\s]+([0-9.]+)", "higher_is_better": true}}},
    "required_metrics": ["accuracy"], "timeout_seconds": 10, "stall_seconds": 5,
    "environment": {"OMP_NUM_THREADS": "4", "EMPTY": ""}, "python": "venv",
    "failure_patterns": ["out of memory"], "success_patterns": ["done|finished"],
    "upstream": {"url": "https://example.org/vision", "commit": "abc"}
  },
  "text": {"path": "/opt/text", "train_script": "run.py", "models": ["default"],
           "supported_hyperparams": {"epochs": {"flag": "--epochs", "type": "int", "default": 3, "range": [1, 9]}}}
}})x";

inline config::LoadedRegistry load_example_registry() {
    return config::parse_registry(kExampleRegistry, "/base/config/models.json", "/base");
}

inline config::LoadedExperimentConfig parse_config(std::string_view text) {
    return config::parse_experiment_config(text, "exp.json", load_example_registry().registry, "/base");
}

/// All problems, a line each: what a failing check should show.
inline std::string list_problems(const std::vector<config::Problem>& problems) {
    std::string lines;
    for (const config::Problem& problem : problems) {
        lines += config::format_problem(problem) + "\n";
    }
    return lines;
}

/// Whether there is a problem at that path whose words hold `words`.
inline bool has_problem(const std::vector<config::Problem>& problems, std::string_view path, std::string_view words) {
    for (const config::Problem& problem : problems) {
        if (problem.path == path && config::format_problem(problem).find(words) != std::string::npos) {
            return true;
        }
    }
    return false;
}

/// A text with one error, the error's path and a part of its message.
struct Broken {
    std::string text;
    std::string path;
    std::string words;
};

inline void check_error(const Broken& broken, const std::vector<config::Problem>& errors) {
    INFO(broken.text.substr(0, 300) << "\nexpected " << broken.path << " " << broken.words << "\n"
                                    << list_problems(errors));
    CHECK(has_problem(errors, broken.path, broken.words));
}

} // namespace mutation::test
