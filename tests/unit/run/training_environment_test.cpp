#include "catch.hpp"

#include "mutation/run/abandoned_trainings.hpp"
#include "mutation/run/training_environment.hpp"

using namespace mutation;

namespace {

const run::TrainingPlace kPlace{"digits_mlp_001", "/results/run/digits_mlp_001"};

std::optional<std::string> look_up(const std::vector<std::string>& environment, const std::string& name) {
    return run::find_variable(environment, name);
}

} // namespace

TEST_CASE("a training gets our environment with the registry's on top") {
    config::Repository repository;
    repository.environment = {{"OMP_NUM_THREADS", "4"}};
    const auto environment =
        run::training_environment(repository, {"HOME=/home/x", "OMP_NUM_THREADS=1", "EMPTY="}, std::nullopt, kPlace);
    CHECK(look_up(environment, "HOME") == "/home/x");
    CHECK(look_up(environment, "OMP_NUM_THREADS") == "4");
    CHECK(look_up(environment, "EMPTY") == "");
    CHECK(look_up(environment, "MUTATION_EXPERIMENT_DIR") == "/results/run/digits_mlp_001");
    CHECK(look_up(environment, "MUTATION_OWNER") == run::owner_mark());
}

TEST_CASE("GPU numbers follow the PCI bus unless the user says otherwise") {
    CHECK(look_up(run::training_environment({}, {}, std::nullopt, kPlace), "CUDA_DEVICE_ORDER") == "PCI_BUS_ID");
    CHECK(look_up(run::training_environment({}, {"CUDA_DEVICE_ORDER=FASTEST_FIRST"}, std::nullopt, kPlace),
                  "CUDA_DEVICE_ORDER") == "FASTEST_FIRST");
}

TEST_CASE("under sudo the training sees its user, not root") {
    const system::User user{1000, 1000, {1000}, "ada", "/home/ada", "/bin/zsh"};
    const auto environment = run::training_environment(
        {}, {"HOME=/root", "USER=root", "SUDO_UID=1000", "SUDO_COMMAND=mutation", "LANG=C"}, user, kPlace);
    CHECK(look_up(environment, "HOME") == "/home/ada");
    CHECK(look_up(environment, "USER") == "ada");
    CHECK(look_up(environment, "LOGNAME") == "ada");
    CHECK(look_up(environment, "SHELL") == "/bin/zsh");
    CHECK(look_up(environment, "LANG") == "C");
    CHECK_FALSE(look_up(environment, "SUDO_UID").has_value());
    CHECK_FALSE(look_up(environment, "SUDO_COMMAND").has_value());
}

TEST_CASE("the registry's interpreter comes first on PATH") {
    config::Repository repository;
    repository.base = "/srv/study";
    repository.python = "envs/torch/bin/python";
    const auto environment = run::training_environment(repository, {"PATH=/usr/bin"}, std::nullopt, kPlace);
    CHECK(look_up(environment, "MUTATION_PYTHON") == "/srv/study/envs/torch/bin/python");
    CHECK(look_up(environment, "PATH") == "/srv/study/envs/torch/bin:/usr/bin");
}
