#include "handed_descriptor.hpp"

#include "mutation/core/error.hpp"
#include "mutation/core/numbers.hpp"
#include "mutation/core/text.hpp"
#include "mutation/run/launcher.hpp"
#include "mutation/system/process_tree.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::run {

namespace {

std::int64_t parse_handed_number(std::string_view text) {
    const std::optional<std::int64_t> number = parse_integer(text);
    const bool has_only_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number || !has_only_digits || *number > std::numeric_limits<int>::max()) {
        refuse_call(fmt::format("\"{}\" is the number of nothing", text));
    }
    return *number;
}

std::string own_link(int fd) {
    return fmt::format("/proc/self/fd/{}", fd);
}

/// What the kernel calls an open file: `pipe:[1234]`, `/memfd:name (deleted)`, its path.
std::string name_of(int fd) {
    std::error_code status;
    return std::filesystem::read_symlink(own_link(fd), status).string();
}

bool has_kernels_name(Handed which, int fd) {
    return name_of(fd).starts_with(which == Handed::spec ? "/memfd:" : "pipe:[");
}

bool is_as_made(Handed which, int fd) {
    if (which == Handed::spec) { // no file on a disk can have seals
        const int seals = ::fcntl(fd, F_GET_SEALS);
        return seals >= 0 && (seals & kSpecSeals) == kSpecSeals;
    }
    struct stat facts {};
    return ::fstat(fd, &facts) == 0 && S_ISFIFO(facts.st_mode);
}

/// Whether the process is this same program and we descend from it: another's pipes are not ours to read and write,
/// which root could.
bool is_our_tool(pid_t tool) {
    struct stat theirs {};
    struct stat ours {};
    const bool is_same_program = ::stat(fmt::format("/proc/{}/exe", tool).c_str(), &theirs) == 0 &&
                                 ::stat("/proc/self/exe", &ours) == 0 && theirs.st_dev == ours.st_dev &&
                                 theirs.st_ino == ours.st_ino;
    pid_t above = ::getpid();
    while (above > 0 && above != tool) {
        above = system::parent_of(above);
    }
    return is_same_program && above > 0;
}

/// Looked at before it is opened, since opening alone does something to a fifo or a device; then that very file.
system::UniqueFd open_of_tool(Handed which, std::int64_t tool, std::int64_t number) {
    if (!is_our_tool(static_cast<pid_t>(tool))) {
        refuse_call(fmt::format("process {} did not start this one", tool));
    }
    const std::string path = fmt::format("/proc/{}/fd/{}", tool, number);
    const system::UniqueFd seen(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (seen.is_open() && !has_kernels_name(which, seen.get())) {
        refuse_call(fmt::format("{} is nothing that the tool made", path));
    }
    const int flags = which == Handed::report ? O_WRONLY : O_RDONLY;
    system::UniqueFd fd(seen.is_open() ? ::open(own_link(seen.get()).c_str(), flags | O_CLOEXEC) : -1);
    if (!fd.is_open()) {
        throw Error(ErrorKind::internal,
                    fmt::format("the launcher cannot reach the tool at {}: {}", path, std::strerror(errno)));
    }
    return fd;
}

} // namespace

void refuse_call(std::string_view reason) {
    throw Error(ErrorKind::usage,
                fmt::format("{} is called by mutation itself and by nobody else: {}", kLauncherMode, reason));
}

system::UniqueFd find_descriptor(Handed which, std::string_view tool, std::string_view description) {
    const std::vector<std::string_view> parts = split(description, ':');
    if (parts.size() != 2) {
        refuse_call(fmt::format("\"{}\" is no descriptor", description));
    }
    const std::int64_t process = parse_handed_number(tool);
    const std::int64_t number = parse_handed_number(parts[0]);
    const int inherited = static_cast<int>(which);
    struct stat facts {};
    const bool is_ours = ::fstat(inherited, &facts) == 0 && std::to_string(facts.st_ino) == parts[1];
    system::UniqueFd fd = is_ours ? system::UniqueFd(::fcntl(inherited, F_DUPFD_CLOEXEC, kLifelineFd + 1))
                                  : open_of_tool(which, process, number);
    if (!has_kernels_name(which, fd.get()) || !is_as_made(which, fd.get())) {
        refuse_call(fmt::format("{} is nothing that the tool made", description));
    }
    return fd;
}

} // namespace mutation::run
