#include "mutation/config/settings_locator.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace mutation::config {

namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Anything that can be read, a pipe of the shell included.
bool is_readable_thing(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

fs::path to_absolute(const fs::path& path) {
    std::error_code no_working_directory;
    const fs::path absolute = fs::absolute(path, no_working_directory);
    const fs::path clean = (no_working_directory ? path : absolute).lexically_normal();
    return clean.has_filename() ? clean : clean.parent_path();
}

fs::path require_folder(const std::string& path, const std::string& named_by) {
    if (!is_folder(path)) {
        throw Error(ErrorKind::usage,
                    named_by + ": " + path + ": no such folder; name the folder that holds repos/*.json");
    }
    return to_absolute(path);
}

/// The folders that are tried when nobody names one, in order.
std::vector<fs::path> default_places() {
    std::vector<fs::path> places{"settings"};
    std::error_code failure;
    const fs::path executable = fs::read_symlink("/proc/self/exe", failure);
    if (!failure) {
        places.push_back(executable.parent_path() / "../share/mutation/settings");
    }
    places.push_back(fs::path(MUTATION_SOURCE_DIR) / "settings");
    return places;
}

std::vector<std::string> preset_names(const fs::path& settings) {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator entry(settings, failure), end; !failure && entry != end; entry.increment(failure)) {
        if (entry->path().extension() == ".json") {
            names.push_back(entry->path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

std::filesystem::path locate_settings(const std::string& flag) {
    if (!flag.empty()) {
        return require_folder(flag, "--settings");
    }
    const char* named = std::getenv("MUTATION_SETTINGS"); // NOLINT(concurrency-mt-unsafe): before any thread starts
    if (named != nullptr && *named != '\0') {
        return require_folder(named, "MUTATION_SETTINGS");
    }
    std::vector<std::string> tried;
    for (const fs::path& place : default_places()) {
        if (is_folder(place)) {
            return to_absolute(place);
        }
        tried.push_back(to_absolute(place).string());
    }
    throw Error(ErrorKind::usage, "no settings folder is there: tried " + join(tried, ", ") +
                                      "; name it by --settings or $MUTATION_SETTINGS");
}

std::filesystem::path locate_experiment_config(const std::string& name, const std::filesystem::path& settings) {
    for (const fs::path& candidate : {fs::path(name), settings / name, settings / (name + ".json")}) {
        if (is_readable_thing(candidate)) {
            return candidate;
        }
    }
    const std::vector<std::string> presets = preset_names(settings);
    std::string nearest = nearest_name(fs::path(name).filename().string(), presets);
    if (nearest.empty()) {
        nearest = nearest_name(fs::path(name).filename().string() + ".json", presets);
    }
    throw Error(ErrorKind::usage, name + ": no such file, neither here nor in " + settings.string() +
                                      (nearest.empty() ? "; the presets there: " + join(presets, ", ")
                                                       : "; did you mean " + nearest + "?"));
}

} // namespace mutation::config
