#pragma once

#include "mutation/system/unique_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace mutation::system {

/// A file that appears whole or not at all: written beside its place, synced, renamed over it by `commit`, and the
/// folder synced. Without `commit` nothing is left. Every failure is Error(storage) with the path and the system's
/// reason.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path target);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    void write(std::string_view bytes);
    void commit();

private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    UniqueFd fd_;
    std::string buffer_;
    void flush();
};

/// AtomicFile in one go.
void write_file_atomically(const std::filesystem::path& target, std::string_view bytes);

/// The whole file. Error(storage) when it cannot be read or is larger than `max_bytes`.
[[nodiscard]] std::string read_file(const std::filesystem::path& file, std::size_t max_bytes = 256U << 20U);

/// As `read_file`, for what the user names as an input: a pipe (`<(command)`, a FIFO) is read until its writer closes
/// it, however long that takes. INT, TERM and HUP end the process meanwhile. A pipe can be read only once.
[[nodiscard]] std::string read_input(const std::filesystem::path& file, std::size_t max_bytes = 256U << 20U);

/// Makes a folder that must not exist yet; false when it does. Error(storage) for anything else.
[[nodiscard]] bool create_new_directory(const std::filesystem::path& directory);

/// Makes a folder and its parents; existing ones are fine. Error(storage).
void create_directories(const std::filesystem::path& directory);

/// Opens a file for appending and reading, made new (0644), never through a link at its last part. Error(storage).
[[nodiscard]] UniqueFd open_new_file(const std::filesystem::path& file);

} // namespace mutation::system
