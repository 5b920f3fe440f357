#pragma once

#include "mutation/app/options.hpp"
#include "mutation/config/registry_loader.hpp"

#include <filesystem>
#include <vector>

namespace mutation::app {

/// A registry with the folder that it belongs to.
struct Settings {
    std::filesystem::path directory; ///< of the presets; "" where none was found and none is needed
    std::filesystem::path base;
    config::LoadedRegistry loaded;
};

/// Prints problems that stop nothing.
void warn(const std::vector<config::Problem>& problems);

/// Finds and reads the registry that the options name. Error(usage) where there is none.
[[nodiscard]] Settings load_settings(const Options& options);

} // namespace mutation::app
