#include "mutation/config/registry_loader.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace mutation;

/// What the loader promises of a model without errors; anything else ends the fuzzer.
void check_promises(const config::Model& model) {
    for (const config::Hyperparameter& hyperparameter : model.hyperparameters) {
        const auto& range = hyperparameter.range;
        const bool is_range_good = !range || (range->min <= range->max && std::isfinite(range->max - range->min));
        const bool is_choice = hyperparameter.type == config::HyperparameterType::choice;
        const bool is_same = model.find_hyperparameter(hyperparameter.name) == &hyperparameter;
        if (!is_range_good || is_choice == hyperparameter.choices.empty() || hyperparameter.flag.empty() || !is_same) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto loaded = config::parse_registry(text, "/s/repos/fuzzed.json", "/s");
    for (const config::Problem& problem : loaded.problems.errors) {
        if (config::format_problem(problem).empty()) {
            std::abort();
        }
    }
    if (loaded.problems.ok()) {
        for (const config::Repository& repository : loaded.registry.repositories) {
            for (const config::Model& model : repository.models) {
                check_promises(model);
            }
        }
    }
    return 0;
}
