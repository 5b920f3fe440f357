#pragma once

#include "mutation/system/unique_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace mutation::system {

/// A file that is written whole or not at all: written under another name, synced, renamed by `commit`, and the folder
/// synced. Without `commit` nothing is left. Every failure is Error(storage) with the path and the system's reason.
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

/// Writes an AtomicFile in one call.
void write_file_atomically(const std::filesystem::path& target, std::string_view bytes);

/// The whole file. Error(storage) if it cannot be read or is larger than `max_bytes`.
[[nodiscard]] std::string read_file(const std::filesystem::path& file, std::size_t max_bytes = 256U << 20U);

/// Opens a file that this program wrote, to read it. Not open if there is none, or if it is a link or no regular file.
[[nodiscard]] UniqueFd open_own_file(const std::filesystem::path& file);
/// Like `read_file`, by `open_own_file`.
[[nodiscard]] std::string read_own_file(const std::filesystem::path& file, std::size_t max_bytes = 256U << 20U);

/// Like `read_file`, for inputs that the user names: a pipe (`<(command)`, a FIFO) is read until its writer closes it,
/// however long that takes. INT, TERM and HUP end the process meanwhile. A pipe can be read only once.
[[nodiscard]] std::string read_input(const std::filesystem::path& file, std::size_t max_bytes = 256U << 20U);

/// Creates a folder; false if it exists already. Error(storage) for any other failure.
[[nodiscard]] bool create_new_directory(const std::filesystem::path& directory);

/// Creates a folder and its parents; they may exist. Error(storage).
void create_directories(const std::filesystem::path& directory);

/// Creates a file (0644) in place of an older one and opens it for appending and reading; never follows a link.
/// Error(storage).
[[nodiscard]] UniqueFd open_new_file(const std::filesystem::path& file);

} // namespace mutation::system
