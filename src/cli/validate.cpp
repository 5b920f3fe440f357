#include "mutation/config/experiment_config_loader.hpp"
#include "mutation/config/file_kind.hpp"
#include "mutation/config/registry_loader.hpp"
#include "mutation/config/settings_locator.hpp"
#include "mutation/core/error.hpp"
#include "mutation/session/preflight.hpp"
#include "mutation/system/file.hpp"
#include "settings.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>

namespace mutation::cli {

namespace {

namespace fs = std::filesystem;

/// Scripts that are missing although their folder exists.
void add_script_warnings(const config::Registry& registry, config::Problems& problems) {
    for (const config::Repository& repository : registry.repositories) {
        std::error_code ignored;
        const fs::path script = fs::path(repository.train_script).lexically_normal();
        const bool is_place_there =
            fs::is_directory(repository.directory, ignored) ||
            (script.has_parent_path() && fs::is_directory((repository.base / script).parent_path(), ignored));
        if (is_place_there) {
            for (const std::string& text : session::missing_scripts(repository)) {
                problems.warnings.push_back({repository.file.string(), "", "", text, ""});
            }
        }
    }
}

/// Registry files that belong to a settings folder are in its `repos`.
bool is_in_registry_folder(const fs::path& file) {
    return fs::absolute(file).parent_path().filename() == "repos";
}

/// What the file's relative paths are relative to: the settings' parent, else, as for `--config`, that of its folder.
fs::path base_of(const fs::path& file) {
    const fs::path settings = fs::absolute(file).parent_path().parent_path();
    return is_in_registry_folder(file) ? settings.parent_path() : settings;
}

config::Problems validate_registry(std::string_view text, const fs::path& file) {
    config::LoadedRegistry loaded = config::parse_registry(text, file, base_of(file));
    if (loaded.problems.ok()) {
        add_script_warnings(loaded.registry, loaded.problems);
    }
    return std::move(loaded.problems);
}

config::Problems validate_text(std::string_view text, const fs::path& file, const Settings& settings) {
    const ParsedJson parsed = parse_json(text);
    const std::optional<config::FileKind> kind = parsed.ok() ? config::guess_file_kind(parsed.value) : std::nullopt;
    if (kind == config::FileKind::registry || (!kind && is_in_registry_folder(file))) {
        return validate_registry(text, file);
    }
    if (parsed.ok() && !kind) {
        return {{{file.string(), "", "", "is neither an experiment config nor a registry file",
                  R"(a config has the key "experiments"; a registry file has "path", "train_script" and "models")"}},
                {},
                {}};
    }
    return config::parse_experiment_config(text, file, settings.loaded.registry, settings.base).problems;
}

config::Problems validate_file(const fs::path& file, const Settings& settings) {
    try {
        return validate_text(system::read_input(file), file, settings);
    } catch (const Error& error) {
        return {{{file.string(), "", "", error.message(), "name a file that can be read"}}, {}, {}};
    }
}

bool is_same_file(const fs::path& a, const fs::path& b) {
    std::error_code ignored;
    return fs::equivalent(a, b, ignored);
}

/// The problems of a file that is validated itself would be printed twice.
void drop_problems_of(const fs::path& file, config::Problems& problems) {
    for (auto* list : {&problems.errors, &problems.warnings}) {
        std::erase_if(*list, [&file](const config::Problem& each) { return is_same_file(each.file, file); });
    }
}

/// A model's override reads its repository's fields again.
void drop_repeats(std::vector<config::Problem>& problems) {
    std::vector<config::Problem> kept;
    for (config::Problem& problem : problems) {
        const std::string line = config::format_problem(problem);
        if (std::none_of(kept.begin(), kept.end(),
                         [&line](const config::Problem& each) { return config::format_problem(each) == line; })) {
            kept.push_back(std::move(problem));
        }
    }
    problems = std::move(kept);
}

} // namespace

/// All errors, warnings and remarks of each file; Error(usage) with the errors. It checks files, not the machine: a
/// repository that is not on this machine is fine.
int validate(const Call& call) {
    const Options& options = call.options;
    const Settings settings = load_settings(options);
    config::Problems all = settings.loaded.problems;
    for (const std::string& name : options.operands) {
        std::error_code status;
        const fs::path file = fs::is_regular_file(name, status)
                                  ? fs::path(name)
                                  : config::locate_experiment_config(name, settings.directory);
        config::Problems problems = validate_file(file, settings);
        if (problems.ok()) {
            std::cout << fmt::format("{}: ok\n", file.string());
        }
        drop_problems_of(file, all);
        all.append(std::move(problems));
    }
    drop_repeats(all.remarks);
    warn(all.warnings, options);
    warn(all.remarks, options);
    config::throw_if_errors(all);
    return 0;
}

} // namespace mutation::cli
