#include "mutation/system/file.hpp"

#include "mutation/core/error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace mutation::system {

namespace {

constexpr std::size_t kBufferSize = 64U << 10U;

[[noreturn]] void fail(std::string_view action, const std::filesystem::path& path, int reason) {
    throw Error(ErrorKind::storage, fmt::format("cannot {} {}: {}", action, path.string(), std::strerror(reason)));
}

void sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.is_open() || ::fsync(fd.get()) != 0) {
        fail("sync the folder", directory, errno);
    }
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// Does not wait for the writer of a pipe.
UniqueFd open_to_read(const std::filesystem::path& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts {};
    if (!fd.is_open() || ::fstat(fd.get(), &facts) != 0) {
        fail("read", file, errno);
    }
    if (S_ISDIR(facts.st_mode)) {
        fail("read", file, EISDIR);
    }
    return fd;
}

bool is_named_pipe(int fd) {
    struct stat facts {};
    struct statfs system {};
    return ::fstat(fd, &facts) == 0 && S_ISFIFO(facts.st_mode) && ::fstatfs(fd, &system) == 0 &&
           system.f_type != PIPEFS_MAGIC;
}

/// Waits with INT, TERM and HUP unblocked: nothing has begun yet, so their default action is right.
void wait_for_input(int fd) {
    sigset_t none;
    ::sigemptyset(&none);
    pollfd waited{fd, POLLIN, 0};
    ::ppoll(&waited, 1, nullptr, &none);
}

enum class OnEmptyPipe { fail, wait };

std::string read_all(int fd, const std::filesystem::path& file, std::size_t max_bytes, OnEmptyPipe on_empty_pipe) {
    std::string text;
    std::array<char, kBufferSize> block{};
    while (true) {
        const ssize_t count = ::read(fd, block.data(), block.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN && on_empty_pipe == OnEmptyPipe::wait) {
            wait_for_input(fd);
            continue;
        }
        if (count < 0) {
            fail("read", file, errno);
        }
        if (count == 0) {
            return text;
        }
        if (text.size() + static_cast<std::size_t>(count) > max_bytes) {
            throw Error(ErrorKind::storage,
                        fmt::format("cannot read {}: it is larger than {} bytes", file.string(), max_bytes));
        }
        text.append(block.data(), static_cast<std::size_t>(count));
    }
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
    temporary_ = folder_of(target_) / fmt::format(".{}.{}.tmp", target_.filename().string(), ::getpid());
    // Removes a leftover of a process with our pid, or a link that somebody put there.
    ::unlink(temporary_.c_str());
    fd_ = UniqueFd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!fd_.is_open()) {
        fail("write", temporary_, errno);
    }
}

AtomicFile::~AtomicFile() {
    if (fd_.is_open()) {
        ::unlink(temporary_.c_str());
    }
}

void AtomicFile::write(std::string_view bytes) {
    buffer_.append(bytes);
    if (buffer_.size() >= kBufferSize) {
        flush();
    }
}

void AtomicFile::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
        const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            fail("write", temporary_, errno);
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
}

void AtomicFile::commit() {
    flush();
    if (::fsync(fd_.get()) != 0) {
        fail("write", temporary_, errno);
    }
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
        fail("write", target_, errno);
    }
    fd_.reset();
    sync_directory(folder_of(target_));
}

void write_file_atomically(const std::filesystem::path& target, std::string_view bytes) {
    AtomicFile file(target);
    file.write(bytes);
    file.commit();
}

std::string read_file(const std::filesystem::path& file, std::size_t max_bytes) {
    return read_all(open_to_read(file).get(), file, max_bytes, OnEmptyPipe::fail);
}

UniqueFd open_own_file(const std::filesystem::path& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat facts {};
    if (fd.is_open() && (::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode))) {
        fd.reset();
    }
    return fd;
}

std::string read_own_file(const std::filesystem::path& file, std::size_t max_bytes) {
    const UniqueFd fd = open_own_file(file);
    if (!fd.is_open()) {
        fail("read", file, ENOENT);
    }
    return read_all(fd.get(), file, max_bytes, OnEmptyPipe::fail);
}

std::string read_input(const std::filesystem::path& file, std::size_t max_bytes) {
    const UniqueFd fd = open_to_read(file);
    if (is_named_pipe(fd.get())) {
        wait_for_input(fd.get()); // before a writer opens it, a read would return the end of the file
    }
    return read_all(fd.get(), file, max_bytes, OnEmptyPipe::wait);
}

bool create_new_directory(const std::filesystem::path& directory) {
    if (::mkdir(directory.c_str(), 0755) == 0) {
        sync_directory(folder_of(directory));
        return true;
    }
    if (errno == EEXIST) {
        return false;
    }
    fail("make the folder", directory, errno);
}

void create_directories(const std::filesystem::path& directory) {
    std::error_code status;
    std::filesystem::create_directories(directory, status);
    if (status) {
        fail("make the folder", directory, status.value());
    }
    if (!std::filesystem::is_directory(directory, status)) {
        fail("make the folder", directory, ENOTDIR);
    }
}

UniqueFd open_new_file(const std::filesystem::path& file) {
    ::unlink(file.c_str());
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!fd.is_open()) {
        fail("write", file, errno);
    }
    return fd;
}

} // namespace mutation::system
