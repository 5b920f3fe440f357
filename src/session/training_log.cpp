#include "mutation/session/training_log.hpp"

#include "mutation/core/error.hpp"
#include "mutation/system/clock.hpp"
#include "mutation/system/file.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace mutation::session {

namespace {

constexpr Seconds kReadingGrace{10};
constexpr off_t kMostRestored = off_t{256} << 20U;

/// Decides when reading a log ends before the log does.
class Patience {
public:
    Patience(system::SignalFd& signals, run::Interruption& interruption)
        : signals_(signals), interruption_(interruption) {}

    bool is_over() {
        run::take_signals(signals_, interruption_);
        if (!interruption_.is_requested()) {
            return false;
        }
        const MonotonicTime now = system::monotonic_now();
        asked_ = asked_.value_or(now);
        return interruption_.count > 1 || now - *asked_ >= kReadingGrace;
    }

private:
    system::SignalFd& signals_;
    run::Interruption& interruption_;
    std::optional<MonotonicTime> asked_;
};

void copy_to(int from, off_t size, const std::filesystem::path& file) {
    constexpr std::size_t kPiece = std::size_t{1} << 20U;
    std::vector<char> piece(kPiece);
    system::AtomicFile copy(file);
    off_t offset = 0;
    while (offset < size) {
        const ssize_t got = ::pread(from, piece.data(), piece.size(), offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            throw Error(ErrorKind::storage, fmt::format("cannot read it: {}", std::strerror(errno)));
        }
        if (got == 0) {
            break;
        }
        copy.write({piece.data(), static_cast<std::size_t>(got)});
        offset += got;
    }
    copy.commit();
}

/// Moves away what is in the log's place. Nothing is there if the log was only removed.
void make_room(const std::filesystem::path& file) {
    const std::string aside = file.string() + ".replaced";
    if (::rename(file.c_str(), aside.c_str()) != 0 && errno != ENOENT) {
        throw Error(ErrorKind::storage,
                    fmt::format("cannot move {} to {}: {}", file.string(), aside, std::strerror(errno)));
    }
}

} // namespace

TrainingLog::TrainingLog(std::filesystem::path file) : file_(std::move(file)), fd_(system::open_new_file(file_)) {}

trainlog::LogFindings TrainingLog::read(const trainlog::LogReader& reader, system::SignalFd& signals,
                                        run::Interruption& interruption) const {
    Patience patience(signals, interruption);
    trainlog::LogLimits limits;
    limits.is_called_off = [&patience] { return patience.is_over(); };
    try {
        return reader.read_descriptor(fd_.get(), file_.string(), limits);
    } catch (const Error& error) {
        trainlog::LogFindings findings;
        findings.read_error = error.message();
        return findings;
    }
}

std::optional<std::string> TrainingLog::restore() const {
    struct stat ours {};
    struct stat found {};
    if (::fstat(fd_.get(), &ours) != 0) {
        return std::nullopt;
    }
    const bool is_there = ::lstat(file_.c_str(), &found) == 0;
    if (is_there && found.st_dev == ours.st_dev && found.st_ino == ours.st_ino) {
        return std::nullopt;
    }
    const std::string remark = fmt::format("its log was {} while it ran; what it had printed until then counts",
                                           is_there ? "replaced" : "removed");
    if (ours.st_size > kMostRestored) {
        return remark + ", but is too long to be written there again";
    }
    try {
        make_room(file_);
        copy_to(fd_.get(), ours.st_size, file_);
    } catch (const Error& error) {
        return fmt::format("{}, but could not be written there again: {}", remark, error.message());
    }
    return remark + " and was written there again";
}

} // namespace mutation::session
