#include "launch_spec.hpp"
#include "mutation/core/error.hpp"
#include "mutation/system/user.hpp"

#include <array>
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

struct Pipe {
    system::UniqueFd read;
    system::UniqueFd write;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw Error(ErrorKind::storage, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    }
    return {system::UniqueFd(ends[0]), system::UniqueFd(ends[1])};
}

system::UniqueFd make_memory_file(std::string_view bytes) {
    system::UniqueFd fd(::memfd_create("mutation-launch", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd.is_open() || ::write(fd.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fcntl(fd.get(), F_ADD_SEALS, kSpecSeals) != 0) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot hand a training to its launcher: {}", std::strerror(errno)));
    }
    return fd;
}

/// `fd:inode`: the launcher checks by the inode that what it inherited is what was meant.
std::string describe(const system::UniqueFd& fd) {
    struct stat facts {};
    ::fstat(fd.get(), &facts);
    return fmt::format("{}:{}", fd.get(), facts.st_ino);
}

/// This program's own file; where it was replaced since it started, what is running all the same, so that every
/// training of a session is run by the version that began it.
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

LaunchChannel::LaunchChannel(const LaunchSpec& spec) : spec_(make_memory_file(pack_launch_spec(spec))) {
    Pipe report = make_pipe();
    Pipe lifeline = make_pipe();
    report_read_ = std::move(report.read);
    report_write_ = std::move(report.write);
    lifeline_read_ = std::move(lifeline.read);
    lifeline_write_ = std::move(lifeline.write);
    ::fcntl(report_read_.get(), F_SETFL, O_NONBLOCK);
}

system::Child LaunchChannel::start(system::SpawnRequest request) const {
    const std::vector<std::string> words = command();
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    // The launcher finds them under fixed numbers. If a wrapper closes them, it asks us for them by /proc.
    const std::vector<system::PassedFd> fds = passed_fds();
    request.fds.insert(request.fds.end(), fds.begin(), fds.end());
    const system::RootScope root;
    return system::spawn(request);
}

std::vector<std::string> LaunchChannel::command() const {
    return {own_program(),   std::string(kLauncherMode), std::to_string(::getpid()),
            describe(spec_), describe(report_write_),    describe(lifeline_read_)};
}

std::vector<system::PassedFd> LaunchChannel::passed_fds() const {
    return {{spec_.get(), kSpecFd}, {report_write_.get(), kReportFd}, {lifeline_read_.get(), kLifelineFd}};
}

std::optional<LaunchMessage> LaunchChannel::take(bool& is_closed) {
    LaunchMessage message;
    const ssize_t size = ::read(report_read_.get(), &message, sizeof message);
    is_closed = size == 0;
    if (size != static_cast<ssize_t>(sizeof message)) {
        return std::nullopt;
    }
    message.text[sizeof message.text - 1] = '\0';
    return message;
}

void LaunchChannel::release_launcher_ends() {
    spec_.reset();
    report_write_.reset();
    lifeline_read_.reset();
}

void LaunchChannel::send(StopRequest request) {
    const char word = static_cast<char>(request);
    // A launcher that is gone already has nothing left to stop: its end is seen on the report pipe.
    [[maybe_unused]] const ssize_t written = ::write(lifeline_write_.get(), &word, 1);
}

} // namespace mutation::run
