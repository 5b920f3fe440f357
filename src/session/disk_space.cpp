#include "mutation/session/disk_space.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/file.hpp"

#include <fmt/format.h>

namespace mutation::session {

std::uintmax_t free_disk(const std::filesystem::path& directory) {
    std::filesystem::path existing = std::filesystem::absolute(directory);
    std::error_code status;
    while (!std::filesystem::exists(existing, status) && existing.has_relative_path()) {
        existing = existing.parent_path();
    }
    const std::filesystem::space_info space = std::filesystem::space(existing, status);
    return status ? 0 : space.available;
}

std::optional<std::string> describe_full_disk(const std::filesystem::path& directory) {
    if (free_disk(directory) >= kLeastFreeDisk) {
        return std::nullopt;
    }
    return fmt::format("less than {} MiB are free on the disk of {}; free some space", kLeastFreeDisk >> 20U,
                       directory.string());
}

std::optional<std::string> results_problem(const std::filesystem::path& results) {
    std::optional<std::string> full = describe_full_disk(results);
    if (!full) {
        return std::nullopt;
    }
    try {
        // A file system that takes no files (/proc, a CD) reports 0 free bytes too: then this is the reason.
        system::create_directories(results);
    } catch (const Error& error) {
        return error.message() + "; name another folder with --results-dir";
    }
    return full;
}

} // namespace mutation::session
