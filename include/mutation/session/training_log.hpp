#pragma once

#include "mutation/run/attempt.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/unique_fd.hpp"
#include "mutation/trainlog/log_metrics.hpp"

#include <filesystem>
#include <string>

namespace mutation::session {

/// The log of one attempt, held open from before its training starts: a training that removes, renames or replaces it
/// loses nothing of it.
class TrainingLog {
public:
    /// Makes the file new. Error(storage).
    explicit TrainingLog(std::filesystem::path file);

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

    /// What the log says. One that cannot be read is told in `trouble`, since what was measured stands all the same.
    /// Signals are taken meanwhile: the first leaves a long log the grace that it leaves a training, the second none.
    [[nodiscard]] trainlog::LogFindings read(const trainlog::LogReader& reader, system::SignalFd& signals,
                                             run::Interruption& interruption) const;

    /// Where the log is not in its place any more, writes what was printed there again; what lies there instead
    /// becomes `training.log.replaced`. Returns what was found and done, in words; "" where all is as it was.
    [[nodiscard]] std::string put_back() const;

private:
    std::filesystem::path file_;
    system::UniqueFd fd_;
};

} // namespace mutation::session
