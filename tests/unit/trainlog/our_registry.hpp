#pragma once

#include "mutation/config/registry_loader.hpp"

namespace mutation::test {

/// The registry that comes with the tool.
inline const config::Registry& our_registry() {
    static const config::LoadedRegistry loaded = config::load_registry_directory(MUTATION_SOURCE_DIR "/settings");
    return loaded.registry;
}

} // namespace mutation::test
