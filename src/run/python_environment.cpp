#include "python_environment.hpp"

#include "mutation/core/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <vector>

namespace mutation::run {

namespace {

namespace fs = std::filesystem;

enum class Kind { none, virtual_environment, conda };

/// The environment that an interpreter belongs to; the prefix is empty for one of the system.
struct PythonEnvironment {
    fs::path prefix;
    Kind kind = Kind::none;
    fs::path interpreter;
};

/// Without a slash at its end, and without `..`.
fs::path tidy(const fs::path& path) {
    const fs::path normal = path.lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

Kind kind_of(const fs::path& prefix) {
    std::error_code status;
    if (fs::exists(prefix / "pyvenv.cfg", status)) {
        return Kind::virtual_environment;
    }
    return fs::is_directory(prefix / "conda-meta", status) ? Kind::conda : Kind::none;
}

PythonEnvironment find_environment(const fs::path& python) {
    std::error_code status;
    if (fs::is_directory(python, status)) {
        const Kind kind = kind_of(python);
        return {python, kind == Kind::none ? Kind::virtual_environment : kind, python / "bin" / "python"};
    }
    const fs::path prefix = python.parent_path().parent_path();
    const Kind kind = kind_of(prefix);
    return {kind == Kind::none ? fs::path() : prefix, kind, python};
}

bool is_inside(const fs::path& path, const fs::path& root) {
    const auto [in_root, in_path] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    return in_root == root.end();
}

/// Folders of the whole machine, even if somebody calls them an environment.
bool is_system_folder(const fs::path& prefix) {
    constexpr std::array<std::string_view, 3> kFolders{"/", "/usr", "/usr/local"};
    return std::find(kFolders.begin(), kFolders.end(), prefix.native()) != kFolders.end();
}

bool is_conda_prefix_name(std::string_view name) {
    constexpr std::string_view kStacked = "CONDA_PREFIX_"; // CONDA_PREFIX_1: what `conda activate` will go back to
    return name == "CONDA_PREFIX" || name.starts_with(kStacked);
}

/// The environments that are active, without the one that was chosen.
std::vector<fs::path> find_others(const Variables& variables, const fs::path& chosen) {
    std::vector<fs::path> others;
    for (const auto& [name, value] : variables) {
        if ((name == "VIRTUAL_ENV" || is_conda_prefix_name(name)) && !value.empty()) {
            const fs::path prefix = tidy(value);
            if (prefix != chosen && !is_system_folder(prefix)) {
                others.push_back(prefix);
            }
        }
    }
    return others;
}

/// Removes the folders of other environments from a list such as PATH. The chosen one may be inside another's folder
/// (conda's `base` holds `envs/`), and `condabin` holds only the command `conda`.
void remove_folders(Variables& variables, const char* name, const std::vector<fs::path>& others,
                    const fs::path& chosen) {
    const auto found = variables.find(name);
    if (found == variables.end()) {
        return;
    }
    std::vector<std::string> kept;
    for (const std::string_view entry : split(found->second, ':')) {
        const fs::path folder = tidy(entry);
        const bool is_others = std::any_of(others.begin(), others.end(),
                                           [&folder](const fs::path& prefix) { return is_inside(folder, prefix); });
        const bool is_chosen = !chosen.empty() && is_inside(folder, chosen);
        if (!is_others || is_chosen || folder.filename() == "condabin") {
            kept.emplace_back(entry);
        }
    }
    if (kept.empty()) {
        variables.erase(found); // an empty entry would mean the current folder
    } else {
        found->second = join(kept, ":");
    }
}

void forget_active(Variables& variables) {
    // PYTHONHOME names the standard library of one installation: any other interpreter does not start with it.
    for (const char* name : {"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER",
                             "CONDA_SHLVL", "PYTHONHOME"}) {
        variables.erase(name);
    }
    for (auto variable = variables.begin(); variable != variables.end();) {
        variable = is_conda_prefix_name(variable->first) ? variables.erase(variable) : std::next(variable);
    }
}

/// As conda names it: by its name if it is one of conda's `envs`, else by its folder.
std::string conda_name(const fs::path& prefix) {
    std::error_code status;
    if (fs::is_directory(prefix / "condabin", status)) {
        return "base";
    }
    return prefix.parent_path().filename() == "envs" ? prefix.filename().string() : prefix.string();
}

void activate(Variables& variables, const PythonEnvironment& environment) {
    if (environment.kind == Kind::virtual_environment) {
        variables["VIRTUAL_ENV"] = environment.prefix.string();
    } else if (environment.kind == Kind::conda) {
        variables["CONDA_PREFIX"] = environment.prefix.string();
        variables["CONDA_DEFAULT_ENV"] = conda_name(environment.prefix);
        variables["CONDA_SHLVL"] = "1";
    }
    variables["MUTATION_PYTHON"] = environment.interpreter.string();
    const std::string folder = environment.interpreter.parent_path().string();
    const auto path = variables.find("PATH");
    variables["PATH"] = path == variables.end() || path->second.empty() ? folder : folder + ":" + path->second;
}

} // namespace

void choose_python(Variables& variables, const fs::path& base, const std::string& python) {
    std::error_code status;
    const fs::path whole = base / python; // `python` alone if it is absolute
    if (python.find('/') == std::string::npos && !fs::is_directory(whole, status)) {
        variables["MUTATION_PYTHON"] = python;
        return;
    }
    const PythonEnvironment chosen = find_environment(tidy(whole));
    const std::vector<fs::path> others = find_others(variables, chosen.prefix);
    for (const char* name : {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH"}) {
        remove_folders(variables, name, others, chosen.prefix);
    }
    forget_active(variables);
    activate(variables, chosen);
}

} // namespace mutation::run
