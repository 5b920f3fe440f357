#include "mutation/console/registry_view.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"
#include "settings.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <utility>

namespace mutation::cli {

namespace {

[[noreturn]] void throw_unknown(const std::string& option, const std::string& name,
                                const std::vector<std::string>& known) {
    const std::string nearest = nearest_name(name, known);
    throw Error(ErrorKind::usage, fmt::format("--{}: unknown name \"{}\"; {}", option, name,
                                              nearest.empty() ? "known: " + join(known, ", ")
                                                              : fmt::format("did you mean \"{}\"?", nearest)));
}

void keep_repository(config::Registry& registry, const std::string& name) {
    if (registry.find(name) == nullptr) {
        config::throw_if_broken(registry, name);
        throw_unknown("repo", name, registry.names());
    }
    std::erase_if(registry.repositories, [&name](const config::Repository& each) { return each.name != name; });
}

void keep_model(config::Registry& registry, const std::string& name) {
    std::vector<std::string> known;
    for (config::Repository& repository : registry.repositories) {
        for (const config::Model& model : repository.models) {
            known.push_back(model.name);
        }
        const config::Model* found = repository.find_model(name);
        repository.models = found == nullptr ? std::vector<config::Model>() : std::vector<config::Model>{*found};
    }
    std::erase_if(registry.repositories, [](const config::Repository& each) { return each.models.empty(); });
    if (registry.repositories.empty()) {
        throw_unknown("model", name, known);
    }
}

} // namespace

/// Shows the whole registry, or only the repository (`--repo`) and the model (`--model`) that were named. Error(usage)
/// with the nearest name if there is none.
int list(const Call& call) {
    const Options& options = call.options;
    config::Registry registry = load_good_settings(options).loaded.registry;
    if (!options.repository.empty()) {
        keep_repository(registry, options.repository);
    }
    if (!options.model.empty()) {
        keep_model(registry, options.model);
    }
    if (options.json) {
        std::cout << console::registry_to_json(registry).dump(2) << '\n';
    } else {
        console::print_registry(std::cout, registry);
    }
    return 0;
}

} // namespace mutation::cli
