#include "mutation/config/registry_loader.hpp"

#include "model_reader.hpp"
#include "mutation/core/counted.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/file.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>
#include <system_error>
#include <utility>

namespace mutation::config {

namespace {

namespace fs = std::filesystem;

constexpr JsonLimits kRegistryLimits{4U << 20U, 64};

/// A path without a slash at its end, so that its parent is its parent.
fs::path clean_path(const fs::path& path) {
    std::error_code no_working_directory;
    const fs::path absolute = fs::absolute(path, no_working_directory);
    const fs::path clean = (no_working_directory ? path : absolute).lexically_normal();
    return clean.has_filename() ? clean : clean.parent_path();
}

/// Reads the repositories of one file.
class RegistryReader {
public:
    RegistryReader(const fs::path& file, const fs::path& base, std::string digest, LoadedRegistry& loaded)
        : file_(file), base_(base), digest_(std::move(digest)), loaded_(loaded) {}

    void read_file(const JsonCursor& root) {
        if (!root.is_object("a registry file is an object that describes a repository")) {
            return;
        }
        const auto models = root.find("models");
        if (!models || !models->value().is_object()) {
            check_keys(root, registry_keys().repository, registry_keys().all());
            read_repository(root, file_.stem().string());
            return;
        }
        check_keys(root, registry_keys().file, registry_keys().all());
        for (const JsonMember& member : named_members(*models)) {
            if (member.at.is_object(R"(a repository is {"path": ..., "train_script": ..., "models": [...]})")) {
                check_keys(member.at, registry_keys().repository, registry_keys().all());
                read_repository(member.at, member.key);
            }
        }
        if (models->value().empty()) {
            models->error("has no repository", R"(add one: "name": {"path": ..., "train_script": ...})");
        }
    }

private:
    /// `name` is the repository's name if it has no key `name`.
    void read_repository(const JsonCursor& place, const std::string& name) {
        Repository repository;
        repository.name = read_name(place, name);
        repository.file = file_;
        repository.digest = digest_;
        repository.base = base_;
        repository.path = read_required_text(place, "path", R"(the folder of the code: "path": "repos/...")");
        repository.directory = (base_ / repository.path).lexically_normal();
        repository.train_script =
            read_required_text(place, "train_script", R"(the script to run: "train_script": "train.sh")");
        if (const auto check = place.find("check_arguments")) {
            repository.check_arguments = check->texts(R"(write ["--check-data"])");
        }
        repository.model_flag = place.text_at("model_flag").value_or("");
        repository.python = place.text_at("python").value_or("");
        read_environment(place, repository);
        read_outcome_patterns(place, repository);
        read_upstream(place, repository);
        ModelReader models(metrics_);
        repository.models = models.read_models(place);
        loaded_.registry.repositories.push_back(std::move(repository));
    }

    std::string read_name(const JsonCursor& place, const std::string& expected) {
        const auto field = place.find("name");
        if (!field) {
            (void)place.check_name(expected);
            return expected;
        }
        return field->name().value_or(expected);
    }

    std::string read_required_text(const JsonCursor& place, std::string_view key, std::string remedy) {
        const auto field = place.find(key);
        if (!field) {
            place.missing(key, std::move(remedy));
            return {};
        }
        return field->text().value_or("");
    }

    void read_environment(const JsonCursor& place, Repository& repository) {
        const auto field = place.find("environment");
        if (!field || !field->is_object(R"(write {"OMP_NUM_THREADS": "4"})")) {
            return;
        }
        for (const JsonMember& member : named_members(*field)) {
            const bool is_bad =
                member.key.empty() || member.key.find_first_of(std::string("=\0", 2)) != std::string::npos;
            if (is_bad) {
                member.at.error("no environment variable can be called " + quote(member.key), "rename it");
            } else if (member.at.value().is_string() && member.at.value().get_ref<const std::string&>().empty()) {
                repository.environment[member.key] = ""; // set, and empty
            } else if (const auto text = member.at.text()) {
                repository.environment[member.key] = *text;
            }
        }
    }

    void read_outcome_patterns(const JsonCursor& place, Repository& repository) {
        if (const auto field = place.find("success_patterns")) {
            repository.success_patterns = metrics_.read_patterns(*field);
        }
        if (const auto field = place.find("failure_patterns")) {
            repository.failure_patterns = metrics_.read_patterns(*field);
        }
        if (const auto field = place.find("remark_patterns")) {
            repository.remark_patterns = metrics_.read_patterns(*field);
        }
    }

    void read_upstream(const JsonCursor& place, Repository& repository) {
        const auto field = place.find("upstream");
        if (!field || !field->is_object(R"(write {"url": "https://...", "commit": "..."})")) {
            return;
        }
        check_keys(*field, registry_keys().upstream, registry_keys().all());
        repository.upstream =
            Upstream{read_required_text(*field, "url", R"(where the code comes from: "url": "https://...")"),
                     field->text_at("commit").value_or("")};
    }

    MetricReader metrics_;
    const fs::path& file_;
    const fs::path& base_;
    std::string digest_;
    LoadedRegistry& loaded_;
};

/// Sorts the repositories and reports names that are used twice.
void finish_registry(LoadedRegistry& loaded) {
    auto& repositories = loaded.registry.repositories;
    std::stable_sort(repositories.begin(), repositories.end(),
                     [](const Repository& a, const Repository& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < repositories.size(); ++i) {
        if (repositories[i].name == repositories[i - 1].name) {
            loaded.problems.errors.push_back(
                {repositories[i].file.string(), "", quote(repositories[i].name),
                 "another repository has that name, in " + repositories[i - 1].file.string(),
                 "rename or remove one of them"});
        }
    }
}

/// FNV-1a: shows a change, but is not safe against forgery.
std::string digest_of(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : bytes) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
    return fmt::format("{:016x}", hash);
}

void read_text(std::string_view text, const fs::path& file, const fs::path& base, LoadedRegistry& loaded) {
    const ParsedJson parsed = parse_json(text, kRegistryLimits);
    if (!parsed.ok()) {
        loaded.problems.add_faults(parsed.faults, file);
        return;
    }
    const JsonSource source(parsed.value, "$", loaded.problems.collector(file));
    RegistryReader(file, base, digest_of(text), loaded).read_file(source.root());
}

void read_from_disk(const fs::path& file, const fs::path& base, LoadedRegistry& loaded) {
    try {
        read_text(system::read_input(file), file, base, loaded);
    } catch (const Error& error) {
        loaded.problems.errors.push_back({file.string(), "", "", error.message(), "name a file that can be read"});
    }
}

std::vector<fs::path> find_registry_files(const fs::path& folder, Problems& problems) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        const fs::path& path = entry->path();
        if (path.extension() == ".json" && !path.filename().string().starts_with('.')) {
            files.push_back(path);
        }
    }
    if (failure) {
        problems.errors.push_back({folder.string(), "", "",
                                   "the folder of repositories cannot be read: " + failure.message(),
                                   "name another settings folder by --settings, or a registry file by --config"});
    } else if (files.empty()) {
        problems.errors.push_back(
            {folder.string(), "", "", "has no repository", "add one: <name>.json with its path, script and models"});
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// The file's stem is the usual name of its repository, and the only known name if the text is not JSON.
BrokenRegistryFile set_aside(const fs::path& file, const LoadedRegistry& loaded) {
    BrokenRegistryFile broken{file, loaded.registry.names(), loaded.problems.errors};
    broken.names.push_back(file.stem().string());
    return broken;
}

Problem warn_of(const BrokenRegistryFile& broken) {
    Problem problem = broken.errors.front();
    const std::size_t more = broken.errors.size() - 1;
    problem.remedy += fmt::format("{}{}its repositories cannot be used; `mutation validate {}` shows all errors",
                                  problem.remedy.empty() ? "" : "; ",
                                  more == 0 ? "" : counted(more, "more error") + "; ", broken.file.string());
    return problem;
}

/// If no repository can be used, the errors end every command.
void settle_broken_files(LoadedRegistry& loaded) {
    const bool is_anything_left = !loaded.registry.repositories.empty();
    for (const BrokenRegistryFile& broken : loaded.registry.broken) {
        if (is_anything_left) {
            loaded.problems.warnings.push_back(warn_of(broken));
        } else {
            loaded.problems.errors.insert(loaded.problems.errors.end(), broken.errors.begin(), broken.errors.end());
        }
    }
}

void move_repositories(std::vector<Repository>& from, std::vector<Repository>& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

LoadedRegistry load_registry_directory(const std::filesystem::path& settings) {
    LoadedRegistry loaded;
    const fs::path base = clean_path(settings).parent_path();
    for (const fs::path& file : find_registry_files(settings / "repos", loaded.problems)) {
        LoadedRegistry one;
        read_from_disk(file, base, one);
        if (one.problems.ok()) {
            move_repositories(one.registry.repositories, loaded.registry.repositories);
            loaded.problems.append(std::move(one.problems));
        } else {
            loaded.registry.broken.push_back(set_aside(file, one));
        }
    }
    settle_broken_files(loaded);
    finish_registry(loaded);
    return loaded;
}

LoadedRegistry load_registry_file(const std::filesystem::path& file) {
    LoadedRegistry loaded;
    const fs::path base = clean_path(file).parent_path().parent_path();
    read_from_disk(file, base, loaded);
    finish_registry(loaded);
    return loaded;
}

LoadedRegistry parse_registry(std::string_view text, const std::filesystem::path& file,
                              const std::filesystem::path& base) {
    LoadedRegistry loaded;
    read_text(text, file, base, loaded);
    finish_registry(loaded);
    return loaded;
}

} // namespace mutation::config
