#include "catch.hpp"

#include "../plan/toy_registry.hpp"
#include "mutation/run/command_line.hpp"

using namespace mutation;
using Words = std::vector<std::string>;

TEST_CASE("a training's command is script, model, required arguments, then hyperparameters in the registry's order") {
    config::Registry registry = toy::registry();
    config::Repository& repository = registry.repositories[0];
    repository.models[0].required_args = {"--data", "a b"};
    plan::PlannedTraining training{"toy",
                                   "net",
                                   {{"epochs", std::int64_t{7}},
                                    {"learning_rate", 3e-05},
                                    {"decay", 0.0},
                                    {"seed", std::nullopt},
                                    {"loss", "l1"},
                                    {"half", true}}};
    CHECK(run::training_command(repository, training) == Words{"/nowhere/train.sh", "-n", "net", "--data", "a b",
                                                               "--epochs", "7", "--learning_rate", "3e-05", "--decay",
                                                               "0", "--loss", "l1", "--half"});
    training.hyperparameters[5].value = false;
    CHECK(run::training_command(repository, training).back() == "l1");
    repository.model_flag.clear();
    CHECK(run::training_command(repository, training)[1] == "--data");
}

TEST_CASE("a model called default is not passed") {
    const config::Registry registry = toy::registry();
    const plan::PlannedTraining training{"toy", "default", {{"epochs", std::int64_t{2}}, {"width", std::nullopt}}};
    CHECK(run::training_command(registry.repositories[0], training) ==
          Words{"/nowhere/train.sh", "--quiet", "a b", "--epochs", "2"});
}
