#include "log_source.hpp"

#include "mutation/core/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <zlib.h>

namespace mutation::measure {

namespace {

struct GzCloser {
    void operator()(gzFile_s* file) const { gzclose_r(file); }
};

/// zlib hands the bytes of a plain file through as they are.
class FileSource : public LogSource {
public:
    explicit FileSource(std::filesystem::path path) : path_(std::move(path)), file_(gzopen(path_.c_str(), "rbe")) {
        if (!file_) {
            fail(std::strerror(errno));
        }
        gzbuffer(file_.get(), kInflateBuffer);
    }

    std::size_t read(char* buffer, std::size_t size) override {
        std::size_t filled = 0;
        while (filled < size && !is_cut_off_) {
            const std::size_t wanted = std::min<std::size_t>(size - filled, std::numeric_limits<int>::max());
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
        return filled;
    }

    [[nodiscard]] bool is_cut_off() const override { return is_cut_off_; }

private:
    static constexpr unsigned kInflateBuffer = 128U << 10U;

    void check_end() {
        int status = Z_OK;
        gzerror(file_.get(), &status);
        is_cut_off_ = is_cut_off_ || status == Z_BUF_ERROR; // a training or a disk that ended in the middle of a write
    }

    void handle_error() {
        int status = Z_OK;
        const std::string message = gzerror(file_.get(), &status);
        if (status != Z_BUF_ERROR) {
            fail(status == Z_ERRNO ? std::strerror(errno) : "damaged gzip data (" + message + ")");
        }
        is_cut_off_ = true;
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(ErrorKind::storage, path_.string() + ": the log cannot be read: " + reason);
    }

    std::filesystem::path path_;
    std::unique_ptr<gzFile_s, GzCloser> file_;
    bool is_cut_off_ = false;
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

} // namespace

std::unique_ptr<LogSource> open_log(const std::filesystem::path& file) {
    return std::make_unique<FileSource>(file);
}

std::unique_ptr<LogSource> view_log(std::string_view text) {
    return std::make_unique<TextSource>(text);
}

} // namespace mutation::measure
