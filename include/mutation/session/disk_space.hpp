#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace mutation::session {

/// Free bytes on the disk of `directory` (or of its nearest existing parent).
[[nodiscard]] std::uintmax_t free_disk(const std::filesystem::path& directory);

/// A training is started only if at least so many bytes are free.
constexpr std::uintmax_t kLeastFreeDisk = 64U << 20U;

/// The error if less than that is free; nullopt if there is enough.
[[nodiscard]] std::optional<std::string> describe_full_disk(const std::filesystem::path& directory);

/// Why sessions cannot be stored in `results`: the folder cannot be created, or its disk is full; nullopt if they can.
/// May create the folder.
[[nodiscard]] std::optional<std::string> results_problem(const std::filesystem::path& results);

} // namespace mutation::session
