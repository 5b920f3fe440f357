#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace mutation::test {

namespace fs = std::filesystem;

/// Writes a file, and makes the folders above it.
inline void write_text(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// Writes a file that every user may run.
inline void write_program(const fs::path& file, const std::string& text) {
    write_text(file, text);
    fs::permissions(file, static_cast<fs::perms>(0755));
}

/// A file's bytes; those up to the error if it is missing or vanishes, as files in /proc do.
inline std::string read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

} // namespace mutation::test
