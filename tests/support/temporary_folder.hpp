#pragma once

#include "support/files.hpp"

#include <cstdlib>
#include <stdexcept>

namespace mutation::test {

/// A folder of its own for a test, removed at the end. Every user may look into it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "mutation-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("cannot create the folder " + name);
        }
        path_ = name;
        fs::permissions(path_, static_cast<fs::perms>(0755));
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

} // namespace mutation::test
