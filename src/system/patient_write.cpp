#include "mutation/system/patient_write.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <poll.h>
#include <unistd.h>

namespace mutation::system {

bool write_patiently(int fd, std::string_view text, Seconds limit) {
    constexpr std::size_t kPiece = PIPE_BUF; // a writable pipe takes so much at once
    const int milliseconds = static_cast<int>(limit.count() * 1000);
    while (!text.empty()) {
        pollfd waited{fd, POLLOUT, 0};
        if (::poll(&waited, 1, milliseconds) != 1) {
            return false;
        }
        const ssize_t written = ::write(fd, text.data(), std::min(text.size(), kPiece));
        if (written < 0 && errno != EINTR && errno != EAGAIN) {
            return false;
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return true;
}

} // namespace mutation::system
