#include "mutation/system/unique_fd.hpp"

#include <unistd.h>

namespace mutation::system {

void UniqueFd::reset() noexcept {
    if (fd_ >= 0) {
        ::close(std::exchange(fd_, -1));
    }
}

} // namespace mutation::system
