#include "mutation/core/text.hpp"
#include "mutation/system/process.hpp"

#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace mutation::system {

namespace {

/// Set once by limit_umask.
std::optional<mode_t>& umask_before() {
    static std::optional<mode_t> mask;
    return mask;
}

mode_t own_umask() {
    const mode_t mask = ::umask(0); // it cannot be read without setting it
    ::umask(mask);
    return mask;
}

} // namespace

void limit_umask() {
    umask_before() = own_umask();
    ::umask(*umask_before() | S_IWGRP | S_IWOTH);
}

mode_t found_umask() {
    return umask_before() ? *umask_before() : own_umask();
}

std::vector<std::string> own_environment() {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        environment.emplace_back(*entry);
    }
    return environment;
}

std::vector<std::string> plain_environment() {
    std::vector<std::string> environment = own_environment();
    std::erase_if(environment, [](const std::string& entry) { return entry.starts_with("LC_ALL="); });
    environment.emplace_back("LC_ALL=C.UTF-8");
    return environment;
}

std::optional<std::filesystem::path> find_program(const std::string& name) {
    const auto is_program = [](const std::filesystem::path& candidate) {
        std::error_code status;
        return std::filesystem::is_regular_file(candidate, status) && ::access(candidate.c_str(), X_OK) == 0;
    };
    if (name.find('/') != std::string::npos) {
        return is_program(name) ? std::optional(std::filesystem::absolute(name)) : std::nullopt;
    }
    const char* path = std::getenv("PATH");
    for (const std::string_view folder : split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
        const std::filesystem::path candidate = std::filesystem::path(folder.empty() ? "." : folder) / name;
        if (!name.empty() && is_program(candidate)) {
            return std::filesystem::absolute(candidate);
        }
    }
    return std::nullopt;
}

} // namespace mutation::system
