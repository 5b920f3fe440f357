#pragma once

#include "mutation/run/attempt.hpp"
#include "mutation/system/signals.hpp"
#include "mutation/system/unique_fd.hpp"
#include "mutation/trainlog/log_metrics.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mutation::session {

/// The log of one attempt. It is open from before the training starts, so nothing is lost if the training removes,
/// renames or replaces it.
class TrainingLog {
public:
    /// Creates the file. Error(storage).
    explicit TrainingLog(std::filesystem::path file);

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

    /// Reads the log. If it cannot be read, `read_error` has the reason, since the measurement is still good. Takes
    /// signals meanwhile: after the first one, a long log has the same time as a training to end; the second one ends
    /// it at once.
    [[nodiscard]] trainlog::LogFindings read(const trainlog::LogReader& reader, system::SignalFd& signals,
                                             run::Interruption& interruption) const;

    /// If the file was removed or replaced, writes it again; what is in its place becomes `training.log.replaced`.
    /// Returns a remark on it, or nullopt if the file was there.
    [[nodiscard]] std::optional<std::string> restore() const;

private:
    std::filesystem::path file_;
    system::UniqueFd fd_;
};

} // namespace mutation::session
