#include "mutation/config/registry.hpp"

#include <algorithm>
#include <system_error>

namespace mutation::config {

namespace {

/// The item with that name or alias. The loader makes sure that there is at most one.
template <class Item>
const Item* find_named(const std::vector<Item>& items, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(), [name](const Item& item) {
        return item.name == name || std::find(item.aliases.begin(), item.aliases.end(), name) != item.aliases.end();
    });
    return found == items.end() ? nullptr : &*found;
}

} // namespace

const Hyperparameter* Model::find_hyperparameter(std::string_view name_or_alias) const {
    return find_named(hyperparameters, name_or_alias);
}

const Model* Repository::find_model(std::string_view name_or_alias) const {
    return find_named(models, name_or_alias);
}

std::filesystem::path Repository::resolve_train_script() const {
    const std::filesystem::path own = (directory / train_script).lexically_normal();
    std::error_code ignored;
    return std::filesystem::exists(own, ignored) ? own : (base / train_script).lexically_normal();
}

const Repository* Registry::find(std::string_view name) const {
    const auto found = std::find_if(repositories.begin(), repositories.end(),
                                    [name](const Repository& repository) { return repository.name == name; });
    return found == repositories.end() ? nullptr : &*found;
}

const BrokenRegistryFile* Registry::find_broken(std::string_view name) const {
    const auto found = std::find_if(broken.begin(), broken.end(), [name](const BrokenRegistryFile& file) {
        return std::find(file.names.begin(), file.names.end(), name) != file.names.end();
    });
    return found == broken.end() ? nullptr : &*found;
}

void throw_if_broken(const Registry& registry, std::string_view name) {
    if (const BrokenRegistryFile* broken = registry.find_broken(name)) {
        throw_if_errors(Problems{broken->errors, {}, {}});
    }
}

std::vector<std::string> Registry::names() const {
    std::vector<std::string> names;
    for (const Repository& repository : repositories) {
        names.push_back(repository.name);
    }
    return names;
}

} // namespace mutation::config
