#include "mutation/run/launch_channel.hpp"

#include "launch_spec.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/user.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mutation::run {

namespace {

system::UniqueFd make_memory_file(std::string_view bytes) {
    system::UniqueFd fd(::memfd_create("mutation-launch", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd.is_open() || ::write(fd.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fcntl(fd.get(), F_ADD_SEALS, kSpecSeals) != 0) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot pass a training to its launcher: {}", std::strerror(errno)));
    }
    return fd;
}

/// This program's own file. If the file was replaced since the start, the running program, so that every training of a
/// session is run by the same version.
std::string own_program() {
    const char* running = "/proc/self/exe";
    const std::string path = std::filesystem::read_symlink(running).string();
    struct stat there {};
    struct stat ours {};
    const bool is_same = ::stat(path.c_str(), &there) == 0 && ::stat(running, &ours) == 0 &&
                         there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
    return is_same ? path : fmt::format("/proc/{}/exe", ::getpid());
}

} // namespace

LaunchChannel::LaunchChannel(const LaunchSpec& spec)
    : spec_(make_memory_file(pack_launch_spec(spec))), report_(system::make_pipe()), lifeline_(system::make_pipe()) {
    system::set_nonblocking(report_.read);
}

system::Child LaunchChannel::start(system::SpawnRequest request) const {
    request.argv.insert(request.argv.end(), {own_program(), std::string(kLauncherMode)});
    request.fds.insert(request.fds.end(),
                       {{spec_.get(), kSpecFd}, {report_.write.get(), kReportFd}, {lifeline_.read.get(), kLifelineFd}});
    const system::RootScope root;
    return system::spawn(request);
}

std::optional<LaunchMessage> LaunchChannel::take(bool& is_closed) const {
    LaunchMessage message;
    const ssize_t size = ::read(report_.read.get(), &message, sizeof message);
    is_closed = size == 0;
    if (size != static_cast<ssize_t>(sizeof message)) {
        return std::nullopt;
    }
    message.text[sizeof message.text - 1] = '\0';
    return message;
}

void LaunchChannel::release_launcher_ends() {
    spec_.reset();
    report_.write.reset();
    lifeline_.read.reset();
}

void LaunchChannel::send(StopRequest request) const {
    const char letter = static_cast<char>(request);
    // If the launcher has ended, nothing is left to stop; the report pipe shows its end.
    [[maybe_unused]] const ssize_t written = ::write(lifeline_.write.get(), &letter, 1);
}

} // namespace mutation::run
