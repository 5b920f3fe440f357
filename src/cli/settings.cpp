#include "settings.hpp"

#include "mutation/config/settings_locator.hpp"
#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace mutation::cli {

void warn(const std::vector<config::Problem>& problems, const Options& options) {
    std::vector<std::string> lines;
    std::transform(problems.begin(), problems.end(), std::back_inserter(lines), config::format_problem);
    warn(lines, options);
}

void warn(const std::vector<std::string>& lines, const Options& options) {
    for (const std::string& line : lines) {
        if (!options.quiet) {
            print_text(stderr, fmt::format("warning: {}\n", line));
        }
    }
}

Settings load_good_settings(const Options& options) {
    Settings settings = load_settings(options);
    warn(settings.loaded.problems.warnings, options);
    config::throw_if_errors(settings.loaded.problems);
    return settings;
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
        } // without presets a config must be named by its path
    }
    return settings;
}

std::optional<config::Registry> find_registry(const Options& options) {
    const bool is_named = !options.settings.empty() || !options.registry_file.empty();
    try {
        Settings settings = load_settings(options);
        if (is_named) {
            config::throw_if_errors(settings.loaded.problems);
        }
        return std::move(settings.loaded.registry);
    } catch (const Error&) {
        if (is_named) {
            throw;
        }
        return std::nullopt;
    }
}

} // namespace mutation::cli
