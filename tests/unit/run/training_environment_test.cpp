#include "catch.hpp"

#include "mutation/run/abandoned_trainings.hpp"
#include "mutation/run/training_environment.hpp"
#include "support/temporary_folder.hpp"

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

namespace {

/// A machine with a conda installation (`base`, `envs/old`, `envs/new`), a virtual environment and a plain interpreter.
struct Pythons {
    Pythons() {
        for (const auto& prefix : {conda, conda / "envs/old", conda / "envs/new"}) {
            test::write_text(prefix / "conda-meta/history", "");
            test::write_text(prefix / "bin/python", "");
        }
        test::write_text(conda / "condabin/conda", "");
        test::write_text(venv / "pyvenv.cfg", "");
        test::write_text(venv / "bin/python", "");
        test::write_text(folder.path() / "opt/python3.12/bin/python3", "");
    }

    /// The environment of a training with this `python`, started from a shell with conda's `old` active.
    std::vector<std::string> start(const std::string& python, std::vector<std::string> more = {}) const {
        config::Repository repository;
        repository.base = folder.path();
        repository.python = python;
        const std::string old = (conda / "envs/old").string();
        std::vector<std::string> ours{"CONDA_PREFIX=" + old,
                                      "CONDA_PREFIX_1=" + conda.string(),
                                      "CONDA_DEFAULT_ENV=old",
                                      "CONDA_SHLVL=2",
                                      "CONDA_EXE=" + (conda / "bin/conda").string(),
                                      "PATH=" + old + "/bin:" + conda.string() + "/condabin:/usr/bin:/bin",
                                      "LD_LIBRARY_PATH=" + old + "/lib:/usr/local/cuda/lib64",
                                      "PYTHONPATH=/home/ada/modules:" + old + "/extra",
                                      "PYTHONHOME=" + old};
        ours.insert(ours.end(), more.begin(), more.end());
        return run::training_environment(repository, ours, std::nullopt, kPlace);
    }

    test::TemporaryFolder folder;
    std::filesystem::path conda = folder.path() / "conda";
    std::filesystem::path venv = folder.path() / "venv";
};

} // namespace

TEST_CASE("a virtual environment removes the active conda environment") {
    const Pythons pythons;
    for (const std::string python : {"venv", "venv/", "venv/bin/python"}) {
        INFO(python);
        const auto environment = pythons.start(python);
        CHECK(look_up(environment, "VIRTUAL_ENV") == pythons.venv.string());
        CHECK(look_up(environment, "MUTATION_PYTHON") == (pythons.venv / "bin/python").string());
        CHECK(look_up(environment, "PATH") ==
              pythons.venv.string() + "/bin:" + pythons.conda.string() + "/condabin:/usr/bin:/bin");
        CHECK(look_up(environment, "LD_LIBRARY_PATH") == "/usr/local/cuda/lib64");
        CHECK(look_up(environment, "PYTHONPATH") == "/home/ada/modules");
        for (const char* name : {"CONDA_PREFIX", "CONDA_PREFIX_1", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "PYTHONHOME"}) {
            INFO(name);
            CHECK_FALSE(look_up(environment, name).has_value());
        }
        CHECK(look_up(environment, "CONDA_EXE").has_value()); // `conda run` in a script still works
    }
}

TEST_CASE("a conda environment replaces the active one, and a virtual environment on top of it") {
    const Pythons pythons;
    const std::string chosen = (pythons.conda / "envs/new").string();
    const std::string venv = pythons.venv.string();
    const auto environment = pythons.start(
        "conda/envs/new/bin/python", {"VIRTUAL_ENV=" + venv, "PATH=" + venv + "/bin:" + chosen +
                                                                 "/bin:" + pythons.conda.string() + "/bin:/usr/bin"});
    CHECK(look_up(environment, "CONDA_PREFIX") == chosen);
    CHECK(look_up(environment, "CONDA_DEFAULT_ENV") == "new");
    CHECK(look_up(environment, "CONDA_SHLVL") == "1");
    CHECK_FALSE(look_up(environment, "VIRTUAL_ENV").has_value());
    CHECK(look_up(environment, "PATH") == chosen + "/bin:" + chosen + "/bin:/usr/bin");
}

TEST_CASE("a system interpreter removes an active environment, a bare name changes nothing") {
    const Pythons pythons;
    const auto system = pythons.start("opt/python3.12/bin/python3", {"VIRTUAL_ENV=" + pythons.venv.string()});
    CHECK_FALSE(look_up(system, "VIRTUAL_ENV").has_value());
    CHECK_FALSE(look_up(system, "CONDA_PREFIX").has_value());
    CHECK(look_up(system, "PATH") ==
          pythons.folder.path().string() + "/opt/python3.12/bin:" + pythons.conda.string() + "/condabin:/usr/bin:/bin");
    const auto bare = pythons.start("python3");
    CHECK(look_up(bare, "CONDA_PREFIX") == (pythons.conda / "envs/old").string());
    CHECK(look_up(bare, "MUTATION_PYTHON") == "python3");
}

TEST_CASE("system folders stay on PATH") {
    const Pythons pythons;
    const auto environment = pythons.start("venv", {"VIRTUAL_ENV=/usr", "PATH=/usr/local/bin:/usr/bin:/bin"});
    CHECK(look_up(environment, "PATH") == pythons.venv.string() + "/bin:/usr/local/bin:/usr/bin:/bin");
}

TEST_CASE("an already active environment is kept") {
    const Pythons pythons;
    const auto environment = pythons.start("conda/envs/old");
    const std::string old = (pythons.conda / "envs/old").string();
    CHECK(look_up(environment, "CONDA_PREFIX") == old);
    CHECK(look_up(environment, "LD_LIBRARY_PATH") == old + "/lib:/usr/local/cuda/lib64");
}
