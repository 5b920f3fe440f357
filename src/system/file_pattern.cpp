#include "mutation/system/file_pattern.hpp"

#include <glob.h>
#include <system_error>

namespace mutation::system {

bool is_file_pattern(const std::string& text) {
    return text.find_first_of("*?[") != std::string::npos;
}

std::vector<std::filesystem::path> find_matching_files(const std::string& pattern) {
    glob_t found{};
    std::vector<std::filesystem::path> files;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
            std::error_code ignored;
            if (std::filesystem::is_regular_file(found.gl_pathv[i], ignored)) { // a pipe might wait for ever
                files.emplace_back(found.gl_pathv[i]);
            }
        }
    }
    ::globfree(&found);
    return files;
}

} // namespace mutation::system
