#include "catch.hpp"

#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/registry_loader.hpp"
#include "mutation/plan/plan.hpp"

#include <filesystem>

using namespace mutation;

namespace {

const std::filesystem::path kSettings = MUTATION_SOURCE_DIR "/settings";

} // namespace

TEST_CASE("the registry has the seventeen models and digits, without warnings") {
    const config::LoadedRegistry loaded = config::load_registry_directory(kSettings);
    CHECK(loaded.problems.errors.empty());
    CHECK(loaded.problems.warnings.empty());
    std::size_t models = 0;
    for (const config::Repository& repository : loaded.registry.repositories) {
        models += repository.models.size();
    }
    CHECK(loaded.registry.repositories.size() == 7);
    CHECK(models == 18);
    for (const auto& [repository, old_name, name] :
         {std::tuple{"examples", "mnist", "mnist_cnn"}, {"examples", "mnist_ff", "mnist_forward_forward"}}) {
        REQUIRE(loaded.registry.find(repository)->find_model(old_name) != nullptr);
        CHECK(loaded.registry.find(repository)->find_model(old_name)->name == name);
    }
}

TEST_CASE("the presets of parallel training load without a warning") {
    const config::LoadedRegistry registry = config::load_registry_directory(kSettings);
    for (const char* preset : {"parallel_example.json", "parallel_with_script_reuse.json"}) {
        INFO(preset);
        const config::LoadedExperimentConfig loaded =
            config::load_experiment_config(kSettings / preset, registry.registry, kSettings.parent_path());
        CHECK(loaded.problems.errors.empty());
        CHECK(loaded.problems.warnings.empty());
        REQUIRE(loaded.config.experiments.size() == 1);
        CHECK(loaded.config.experiments[0].background.has_value());
    }
}

TEST_CASE("every preset loads and can be planned") {
    const config::LoadedRegistry registry = config::load_registry_directory(kSettings);
    int presets = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kSettings)) {
        if (entry.path().extension() != ".json") {
            continue;
        }
        INFO(entry.path().string());
        const config::LoadedExperimentConfig loaded =
            config::load_experiment_config(entry.path(), registry.registry, kSettings.parent_path());
        CHECK(loaded.problems.errors.empty());
        CHECK_FALSE(plan::make_plan(loaded.config, registry.registry, 1).experiments.empty());
        ++presets;
    }
    CHECK(presets >= 13);
}
