#include "mutation/system/memory_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::system {

UniqueFd make_bounded_file(const char* name, std::size_t most_bytes) {
    UniqueFd file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (file.is_open() && ::ftruncate(file.get(), static_cast<off_t>(most_bytes)) == 0) {
        ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_GROW);
    }
    return file;
}

std::string read_bounded_file(const UniqueFd& file) {
    struct stat facts {};
    if (!file.is_open() || ::fstat(file.get(), &facts) != 0) {
        return {};
    }
    std::string text(static_cast<std::size_t>(facts.st_size), '\0');
    const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    text.resize(std::min(text.size(), text.find('\0'))); // the rest of the file is zeros
    return text;
}

} // namespace mutation::system
