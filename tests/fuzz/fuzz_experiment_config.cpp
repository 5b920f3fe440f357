#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/registry_loader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace mutation;

constexpr std::string_view kRegistry = R"x({"models": {"r": {"path": "p", "train_script": "t",
  "models": ["m", {"name": "n", "aliases": ["o"], "without_effect": {"d": "why"}}],
  "supported_hyperparams": {
    "e": {"flag": "-e", "type": "int", "default": 1, "range": [1, 9], "aliases": ["i"]},
    "l": {"flag": "-l", "type": "float", "default": 0.1, "range": [0.01, 1], "distribution": "log_uniform"},
    "c": {"flag": "-c", "type": "choice", "choices": ["a", "b"]},
    "b": {"flag": "-b", "type": "bool"},
    "d": {"flag": "-d", "type": "float"}}}}})x";

const config::Registry& fixed_registry() {
    static const config::Registry registry = config::parse_registry(kRegistry, "/s/r.json", "/s").registry;
    return registry;
}

/// What the loader promises of a config without errors; anything else ends the fuzzer.
void check_promises(const config::ExperimentConfig& config) {
    for (const config::ExperimentRequest& experiment : config.experiments) {
        const config::TrainingRequest& training = experiment.training;
        const config::Repository* repository = fixed_registry().find(training.repository);
        const bool is_known = repository != nullptr && repository->find_model(training.model) != nullptr;
        const bool mutates = training.mode == config::Mode::mutation;
        if (!is_known || training.runs < 1 || mutates == training.mutate.empty()) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto loaded = config::parse_experiment_config(text, "fuzzed.json", fixed_registry(), "/no/such/base");
    for (const config::Problem& problem : loaded.problems.errors) {
        if (config::format_problem(problem).empty()) {
            std::abort();
        }
    }
    if (loaded.problems.ok()) {
        check_promises(loaded.config);
    }
    return 0;
}
