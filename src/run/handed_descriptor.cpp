#include "handed_descriptor.hpp"

#include "mutation/core/error.hpp"
#include "mutation/run/launcher.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <system_error>

namespace mutation::run {

namespace {

/// Whether the tool can have made this. The kernel names an open file `pipe:[1234]`, `/memfd:name (deleted)`, or by
/// its path; a FIFO has a path, and a file on a disk has no seals.
bool is_as_made(Handed which, int fd) {
    std::error_code status;
    const std::string name = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd), status).string();
    if (which != Handed::spec) {
        return name.starts_with("pipe:[");
    }
    const int seals = ::fcntl(fd, F_GET_SEALS);
    return name.starts_with("/memfd:") && seals >= 0 && (seals & kSpecSeals) == kSpecSeals;
}

} // namespace

system::UniqueFd take_handed_descriptor(Handed which) {
    const int inherited = static_cast<int>(which);
    system::UniqueFd fd(::fcntl(inherited, F_DUPFD_CLOEXEC, kLifelineFd + 1));
    if (!fd.is_open() || !is_as_made(which, fd.get())) {
        throw Error(ErrorKind::usage, fmt::format("{} is called only by mutation itself: descriptor {} is not from it",
                                                  kLauncherMode, inherited));
    }
    return fd;
}

} // namespace mutation::run
