#include "log_source.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace mutation::trainlog {

namespace {

[[noreturn]] void fail_to_read(const std::string& name, const std::string& reason) {
    throw Error(ErrorKind::storage, name + ": the log cannot be read: " + reason);
}

std::string describe_size(std::uint64_t bytes) {
    constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;
    return bytes < kMib ? fmt::format("{} bytes", bytes) : fmt::format("{} MiB", bytes / kMib);
}

/// Reads at its own offsets, so that the descriptor may be shared.
class PlainSource : public LogSource {
public:
    PlainSource(int fd, std::string name, std::uint64_t most_bytes) : fd_(fd), name_(std::move(name)) {
        struct stat facts {};
        if (::fstat(fd_, &facts) != 0) {
            fail_to_read(name_, std::strerror(errno));
        }
        constexpr std::uint64_t kBlock = 512; // the unit of st_blocks, whatever the file system's own
        const auto size = static_cast<std::uint64_t>(facts.st_size);
        if (size > most_bytes && static_cast<std::uint64_t>(facts.st_blocks) * kBlock > most_bytes) {
            offset_ = static_cast<off_t>(size - most_bytes);
            remark_ = fmt::format("the log has {}: only its last {} were read", describe_size(size),
                                  describe_size(most_bytes));
        }
    }
    PlainSource(system::UniqueFd fd, std::string name, std::uint64_t most_bytes)
        : PlainSource(fd.get(), std::move(name), most_bytes) {
        owned_ = std::move(fd);
    }

    std::size_t read(char* buffer, std::size_t size) override {
        skip_hole();
        std::size_t filled = 0;
        while (filled < size) {
            const ssize_t got = ::pread(fd_, buffer + filled, size - filled, offset_);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                fail_to_read(name_, std::strerror(errno));
            }
            if (got == 0) {
                break;
            }
            offset_ += got;
            filled += static_cast<std::size_t>(got);
        }
        return filled;
    }

    [[nodiscard]] std::optional<std::string> remark() const override { return remark_; }

private:
    /// A hole reads as NUL bytes, which are not searched: terabytes of it cost nothing.
    void skip_hole() {
        const off_t data = ::lseek(fd_, offset_, SEEK_DATA);
        if (data > offset_) {
            offset_ = data;
        } else if (data < 0 && errno == ENXIO) {
            offset_ = std::max(offset_, ::lseek(fd_, 0, SEEK_END)); // only a hole is left
        }
    }

    int fd_;
    system::UniqueFd owned_;
    std::string name_;
    off_t offset_ = 0;
    std::optional<std::string> remark_;
};

struct GzCloser {
    void operator()(gzFile_s* file) const { gzclose_r(file); }
};

class GzipSource : public LogSource {
public:
    GzipSource(system::UniqueFd fd, std::string name, std::uint64_t most_bytes)
        : name_(std::move(name)), file_(gzdopen(fd.get(), "rb")), left_(most_bytes) {
        if (!file_) {
            fail_to_read(name_, "not enough memory to decompress it");
        }
        [[maybe_unused]] const int given_away = fd.release();
        gzbuffer(file_.get(), kInflateBuffer);
    }

    std::size_t read(char* buffer, std::size_t size) override {
        const std::size_t wanted_in_all = std::min<std::uint64_t>(size, left_);
        std::size_t filled = 0;
        while (filled < wanted_in_all && !remark_) {
            const std::size_t wanted = std::min<std::size_t>(wanted_in_all - filled, std::numeric_limits<int>::max());
            const int got = gzread(file_.get(), buffer + filled, static_cast<unsigned>(wanted));
            if (got < 0) {
                handle_error();
            } else if (got == 0) {
                check_end();
                break;
            } else {
                filled += static_cast<std::size_t>(got);
            }
        }
        left_ -= filled;
        if (left_ == 0 && !remark_) {
            remark_ = "the compressed log is longer than the limit: the rest was not read";
        }
        return filled;
    }

    [[nodiscard]] std::optional<std::string> remark() const override { return remark_; }

private:
    static constexpr unsigned kInflateBuffer = 128U << 10U;
    static constexpr const char* kCutOff = "the compressed log is cut off: its end is not known";

    void check_end() {
        int status = Z_OK;
        gzerror(file_.get(), &status);
        if (status == Z_BUF_ERROR) { // the writer ended in the middle of a write
            remark_ = kCutOff;
        }
    }

    void handle_error() {
        int status = Z_OK;
        const std::string message = gzerror(file_.get(), &status);
        if (status != Z_BUF_ERROR) {
            fail_to_read(name_, status == Z_ERRNO ? std::strerror(errno) : "damaged gzip data (" + message + ")");
        }
        remark_ = kCutOff;
    }

    std::string name_;
    std::unique_ptr<gzFile_s, GzCloser> file_;
    std::uint64_t left_;
    std::optional<std::string> remark_;
};

class TextSource : public LogSource {
public:
    explicit TextSource(std::string_view text) : text_(text) {}

    std::size_t read(char* buffer, std::size_t size) override {
        const std::size_t count = text_.copy(buffer, size);
        text_.remove_prefix(count);
        return count;
    }

private:
    std::string_view text_;
};

bool is_gzip(int fd) {
    std::array<unsigned char, 2> head{};
    return ::pread(fd, head.data(), head.size(), 0) == 2 && head[0] == 0x1F && head[1] == 0x8B;
}

} // namespace

std::unique_ptr<LogSource> open_log(const std::filesystem::path& file, std::uint64_t most_bytes) {
    system::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat facts {};
    if (!fd.is_open() || ::fstat(fd.get(), &facts) != 0) {
        fail_to_read(file.string(), errno == ELOOP ? "it is a link; put the file itself there" : std::strerror(errno));
    }
    if (!S_ISREG(facts.st_mode)) {
        fail_to_read(file.string(), "it is not a regular file");
    }
    if (is_gzip(fd.get())) {
        return std::make_unique<GzipSource>(std::move(fd), file.string(), most_bytes);
    }
    return std::make_unique<PlainSource>(std::move(fd), file.string(), most_bytes);
}

std::unique_ptr<LogSource> view_descriptor(int fd, std::string name, std::uint64_t most_bytes) {
    return std::make_unique<PlainSource>(fd, std::move(name), most_bytes);
}

std::unique_ptr<LogSource> view_log(std::string_view text) {
    return std::make_unique<TextSource>(text);
}

} // namespace mutation::trainlog
