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
                    named_by + ": " + path + ": no such folder; name the folder that contains repos/*.json");
    }
    return to_absolute(path);
}

/// The folders that are tried if none is named, in this order.
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

std::vector<std::string> json_files(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        if (entry->path().extension() == ".json") {
            names.push_back(entry->path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// The nearest of the names, with its ending or without.
std::string nearest_file(const std::string& name, const std::vector<std::string>& known) {
    std::string nearest = nearest_name(name, known);
    return nearest.empty() ? nearest_name(name + ".json", known) : nearest;
}

/// What to write instead of a path that is no file. A path names one folder, so that only its files are like it.
std::string describe_missing_path(const fs::path& path, const fs::path& settings) {
    const std::string name = path.filename().string();
    const fs::path folder = path.parent_path();
    if (is_folder(path)) {
        return "is a folder; name a file in it";
    }
    if (path.string().starts_with("/dev/fd/") || path.string().starts_with("/proc/self/fd/")) {
        return "is not open; sudo closes the shell's pipes, so write the config to a file";
    }
    const std::string nearest = nearest_file(name, json_files(folder));
    if (!nearest.empty()) {
        return "no such file; did you mean " + (folder / nearest).string() + "?";
    }
    const std::string reason =
        is_folder(folder) ? "no such file" : "no such file, since there is no folder " + folder.string();
    return reason + (is_readable_thing(settings / name) ? "; for the preset, write " + name : "");
}

/// What to write instead of a name that is neither a file here nor a preset.
std::string describe_missing_name(const std::string& name, const fs::path& settings) {
    const std::vector<std::string> presets = json_files(settings);
    std::vector<std::string> known = json_files(".");
    known.insert(known.end(), presets.begin(), presets.end());
    const std::string reason = is_folder(name)    ? "is a folder; name a file"
                               : settings.empty() ? "no such file"
                                                  : "no such file, neither here nor in " + settings.string();
    if (const std::string nearest = nearest_file(name, known); !nearest.empty()) {
        return reason + "; did you mean " + nearest + "?";
    }
    return reason + (presets.empty() ? "" : "; the presets there: " + join(presets, ", "));
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
    throw Error(ErrorKind::usage, "no settings folder found: tried " + join(tried, ", ") +
                                      "; name it with --settings or $MUTATION_SETTINGS");
}

std::filesystem::path locate_experiment_config(const std::string& name, const std::filesystem::path& settings) {
    for (const fs::path& candidate : {fs::path(name), settings / name, settings / (name + ".json")}) {
        if (is_readable_thing(candidate)) {
            return candidate;
        }
    }
    throw Error(ErrorKind::usage, name + ": " +
                                      (fs::path(name).has_parent_path() ? describe_missing_path(name, settings)
                                                                        : describe_missing_name(name, settings)));
}

} // namespace mutation::config
