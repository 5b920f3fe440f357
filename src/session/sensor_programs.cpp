#include "mutation/session/sensor_programs.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/process.hpp"
#include "mutation/system/user.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::session {

namespace {

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

constexpr int kMostLinks = 40;

/// Whether only root decides what this path leads to: root owns every folder and link on it, and no other user may
/// write to them. In a shared folder like /tmp, a folder of root is safe; a file or link is not.
bool is_roots_alone(const std::filesystem::path& path, int links = 0) {
    std::filesystem::path seen = "/";
    bool is_shared = false;
    for (const std::filesystem::path& part : path.relative_path()) {
        seen /= part;
        struct stat facts {};
        if (links > kMostLinks || ::lstat(seen.c_str(), &facts) != 0 || facts.st_uid != 0) {
            return false;
        }
        if (is_shared && !S_ISDIR(facts.st_mode)) {
            return false;
        }
        const bool is_open = (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !S_ISLNK(facts.st_mode);
        is_shared = is_open && S_ISDIR(facts.st_mode) && (facts.st_mode & S_ISVTX) != 0;
        if (is_open && !is_shared) {
            return false;
        }
        if (S_ISLNK(facts.st_mode) &&
            !is_roots_alone(seen.parent_path() / std::filesystem::read_symlink(seen), links + 1)) {
            return false;
        }
    }
    return true;
}

/// Under sudo, perf runs as root. If the caller could change what this path leads to, root would run the caller's code.
void check_trusted(const std::filesystem::path& program) {
    if (system::has_root() && ::geteuid() != 0 && !is_roots_alone(program)) {
        throw Error(
            ErrorKind::machine,
            fmt::format("{} would run as root, but other users can replace it; install perf from the distribution's "
                        "packages, or run without sudo",
                        program.string()));
    }
}

/// The program that the variable names, else the one of that name on PATH.
std::optional<std::filesystem::path> find_named(const char* name, const char* program) {
    const std::optional<std::string> named = variable(name);
    std::optional<std::filesystem::path> found = system::find_program(named.value_or(program));
    if (named && !found) {
        throw Error(ErrorKind::machine,
                    fmt::format("{} names {}, which is not a program; correct it or unset it", name, *named));
    }
    return found;
}

} // namespace

std::optional<std::filesystem::path> find_perf() {
    std::optional<std::filesystem::path> found = find_named("MUTATION_PERF", "perf");
    if (found) {
        check_trusted(*found);
    }
    return found;
}

std::optional<std::filesystem::path> find_nvidia_smi() {
    return find_named("MUTATION_NVIDIA_SMI", "nvidia-smi");
}

std::filesystem::path sysfs_root() {
    return variable("MUTATION_SYSFS").value_or("/sys");
}

std::vector<std::string> missing_named_programs() {
    std::vector<std::string> missing;
    for (const auto& find : {find_perf, find_nvidia_smi}) {
        try {
            [[maybe_unused]] const auto found = find();
        } catch (const Error& error) {
            missing.push_back(error.message());
        }
    }
    return missing;
}

} // namespace mutation::session
