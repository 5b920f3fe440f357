#include "settings.hpp"

#include "mutation/config/settings_locator.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <fmt/format.h>

namespace mutation::app {

void warn(const std::vector<config::Problem>& problems) {
    for (const config::Problem& problem : problems) {
        print_text(stderr, fmt::format("warning: {}\n", config::format_problem(problem)));
    }
}

Settings load_settings(const Options& options) {
    Settings settings;
    if (options.registry_file.empty()) {
        settings.directory = config::locate_settings(options.settings);
        settings.base = settings.directory.parent_path();
        settings.loaded = config::load_registry_directory(settings.directory);
        return settings;
    }
    settings.loaded = config::load_registry_file(options.registry_file);
    settings.base = std::filesystem::absolute(options.registry_file).parent_path().parent_path();
    try {
        settings.directory = config::locate_settings(options.settings);
    } catch (const Error&) {
        if (!options.settings.empty()) {
            throw;
        } // without presets a config must be named by its path, which is fine
    }
    return settings;
}

} // namespace mutation::app
